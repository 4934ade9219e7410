"""Prints the test vectors of NIST (CAVP) and RSA Laboratories, one per line."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cryptography_vectors
import signed
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateNumbers,
    RSAPublicNumbers,
    rsa_crt_dmp1,
    rsa_crt_dmq1,
    rsa_crt_iqmp,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

FOLDER = Path(cryptography_vectors.__file__).parent / "asymmetric/RSA"
NIST = (
    "FIPS_186-2/SigVer15_186-3.rsp",
    "FIPS_186-2/SigGen15_186-3.rsp",
    "FIPS_186-2/SigGen15_186-2.rsp",
    "SigVer15EMTest.txt",
)
LABORATORIES = "pkcs1v15sign-vectors.txt"
LABORATORIES_KEY = ("Modulus", "Public exponent", "Exponent", "Prime 1", "Prime 2")
DIGESTS = {"SHA1": "sha1", "SHA256": "sha256"}


def main() -> None:
    """Print every case."""
    for file in NIST:
        for number, case in enumerate(nist_cases(file), 1):
            print(nist_line(f"{Path(file).name} {number}", case))
    for line in laboratories_lines():
        print(line)


def nist_cases(file: str) -> Iterator[dict[str, str]]:
    """Return the fields of each case, including those of its key."""
    fields: dict[str, str] = {}
    for line in (FOLDER / file).read_text().splitlines():
        name, separator, value = (part.strip() for part in line.partition("="))
        if not separator or name.startswith(("#", "[")):
            continue
        if name == "n":
            fields = {}
        fields[name] = value
        # The last field of a case: the result, or the signature in files without results.
        if name == "Result" or (name == "S" and "SigGen" in file):
            yield fields


def nist_line(name: str, case: dict[str, str]) -> str:
    """Format a case for the runner."""
    number = {field: int(case[field], 16) for field in ("n", "e", "p", "q", "d") if field in case}
    # With `auto`, a valid signature with an unsupported digest must be refused.
    digest = DIGESTS.get(case["SHAAlg"], "auto")
    valid = digest != "auto" and case.get("Result", "P").startswith("P")
    # In modified cases the private numbers do not match what was signed.
    key = private_key(**number) if valid and "d" in number else public_key(number["n"], number["e"])
    body, signature = bytes.fromhex(case["Msg"]), bytes.fromhex(case["S"])
    # NIST omits the leading zeros of a signature.
    length = (number["n"].bit_length() + 7) // 8
    return signed.line(name, key, body, digest, signature.rjust(length, b"\0"), valid=valid)


def laboratories_lines() -> Iterator[str]:
    """Format the cases of RSA Laboratories, all of them with SHA-1."""
    fields: dict[str, bytes] = {}
    title, number = "", 0
    for line in (FOLDER / LABORATORIES).read_text().splitlines():
        if line.startswith("#"):
            title = line.strip("# :")
            # The private key follows the public key with the same titles, except for its own exponent.
            if title == "Modulus":
                fields.clear()
            fields[title] = b""
        elif title and line.strip():
            fields[title] = fields.get(title, b"") + bytes.fromhex(line)
        elif fields.get("Signature"):
            number += 1
            n, e, d, p, q = (int.from_bytes(fields[name]) for name in LABORATORIES_KEY)
            body, signature = fields["Message to be signed"], fields.pop("Signature")
            yield signed.line(f"{LABORATORIES} {number}", private_key(n, e, p, q, d), body, "sha1", signature)


def public_key(n: int, e: int) -> RSAPublicKey:
    """Return a key that verifies."""
    return RSAPublicNumbers(e, n).public_key()


@cache
def private_key(n: int, e: int, p: int, q: int, d: int) -> RSAPrivateKey:
    """Return a key that signs."""
    crt = rsa_crt_dmp1(d, p), rsa_crt_dmq1(d, q), rsa_crt_iqmp(p, q)
    return RSAPrivateNumbers(p, q, d, *crt, RSAPublicNumbers(e, n)).private_key()


if __name__ == "__main__":
    main()
