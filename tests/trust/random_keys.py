"""Prints messages signed by OpenSSL with RSA keys from a seed, one per line.

usage: random_keys.py SEED COUNT PART PARTS: of the first COUNT keys, those whose number modulo PARTS is PART.
"""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

import gmpy2
import signed
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateNumbers,
    RSAPublicNumbers,
    rsa_crt_dmp1,
    rsa_crt_dmq1,
    rsa_crt_iqmp,
)
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# Of every 200 keys, 22 have these sizes, of which the slow ones are few. The other 178 have 1024 bits.
SIZES = [4096, 3072, *[2048] * 8, *range(1025, 1032), 1280, 1535, 1999, 2047, 2049]
EXPONENTS = [65537] * 5 + [3, 17, 0x1_0000_000F]
DIGESTS = {"sha1": SHA1(), "sha256": SHA256()}


def main(seed: int, count: int, part: int, parts: int) -> None:
    """Print this part's messages."""
    for number in range(part, count, parts):
        print(message(number, random.Random(f"{seed} {number}")))


def message(number: int, rng: random.Random) -> str:
    """Sign a random body with a random key."""
    index = number % 200
    bits = SIZES[index] if index < len(SIZES) else 1024
    key = private_key(bits, rng)
    digest = rng.choice(list(DIGESTS))
    body = rng.randbytes(rng.choice([0, 1, 55, 56, 64, rng.randrange(4096)]))
    signature = key.sign(body, PKCS1v15(), DIGESTS[digest])
    private_format = rng.choice(signed.PRIVATE_FORMATS)
    name = f"key {number} ({bits} bits)"
    return signed.line(name, key, body, digest, signature, private_format=private_format)


def private_key(bits: int, rng: random.Random) -> RSAPrivateKey:
    """Return a key of exactly this many bits."""
    while True:
        p, q = prime((bits + 1) // 2, rng), prime(bits // 2, rng)
        e = rng.choice(EXPONENTS)
        phi = (p - 1) * (q - 1)
        if p != q and gmpy2.gcd(e, phi) == 1:
            break
    d = int(gmpy2.invert(e, phi))
    crt = rsa_crt_dmp1(d, p), rsa_crt_dmq1(d, q), rsa_crt_iqmp(p, q)
    numbers = RSAPrivateNumbers(p, q, d, *crt, RSAPublicNumbers(e, p * q))
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def prime(bits: int, rng: random.Random) -> int:
    """Return a prime whose two highest bits are set, so that the product of two has its full length."""
    return int(gmpy2.next_prime(rng.getrandbits(bits) | 3 << bits - 2))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
