"""signing.json and its keys: signatures made by OpenSSL, and signatures that must not verify."""

import base64
import functools
import itertools
import json

import der
from common import VECTORS, b64, openssl

MADE_BY = (
    "Signatures: `openssl dgst -sha1|-sha256 -sign` with the folder's private.pem. Verify cases: a signature made in the same way,"
    " then changed as the name says; those of another scheme are made by `openssl pkeyutl -sign` or with another digest"
    " (generators/signing.py). `key` is a folder of tests/vectors, and `body` is base64."
)

# rsa2048-b belongs to another merchant: a wrong key of the right size. Of 1025 bits, one is in the first byte.
SIZES = {"rsa1024": 1024, "rsa1025": 1025, "rsa2048": 2048, "rsa2048-b": 2048, "rsa3072": 3072, "rsa4096": 4096}
SIGNING = ("rsa1024", "rsa1025", "rsa2048", "rsa3072", "rsa4096")
DIGESTS = ("sha1", "sha256")

STATUS = b'{"id":"100000536"}'
BODIES = {
    "empty body of account.balance": b"[]",
    "documented status body": STATUS,
    "empty": b"",
    "UTF-8": '{"desc":"Оплата №1 😀"}'.encode(),
    "every byte": bytes(range(256)),
    "4 KiB": (b"0123456789abcdef" * 256),
    "4 KiB and one byte": (b"0123456789abcdef" * 256) + b"x",
}


def generate(results):
    for name, bits in SIZES.items():
        make_key(results, name, bits)
    results.json(
        "signing.json",
        {
            "made_by": MADE_BY,
            "sign": [
                {
                    "name": f"{name}, {title}, {digest}",
                    "key": f"keys/{name}",
                    "body": b64(body),
                    "digest": digest,
                    "signature": sign(name, digest, body),
                }
                for name in SIGNING
                for title, body in BODIES.items()
                for digest in DIGESTS
            ]
            + list(signatures_with_leading_zero()),
            "verify": list(verify_cases()),
        },
    )


def make_key(results, name, bits):
    """A folder in the provider's archive layout: an encrypted private.pem, password.txt without a newline, public.pem."""
    password = f"not a secret: {name}".encode()
    results.file(f"keys/{name}/password.txt", password)
    private = results.once(
        f"keys/{name}/private.pem",
        lambda: openssl(
            "genpkey",
            "-quiet",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            f"rsa_keygen_bits:{bits}",
            "-aes-256-cbc",
            "-pass",
            f"pass:{password.decode()}",
        ),
    )
    results.file(f"keys/{name}/public.pem", openssl("pkey", "-pubout", stdin=private, password=password))


def password_of(name):
    return (VECTORS / "keys" / name / "password.txt").read_bytes()


def private_of(name):
    return VECTORS / "keys" / name / "private.pem"


def sign(name, digest, body, *options):
    return b64(
        openssl("dgst", f"-{digest}", "-sign", private_of(name), *options, stdin=body, password=password_of(name))
    )


def sign_raw(name, content):
    """Signs any content with PKCS#1 v1.5 padding, in place of a DigestInfo."""
    return openssl("pkeyutl", "-sign", "-inkey", private_of(name), stdin=content, password=password_of(name))


def modulus(name):
    """The modulus from the BIT STRING of the SPKI."""
    bits = der.at(der.decode(der.from_pem((VECTORS / "keys" / name / "public.pem").read_bytes())), 1)[1]
    return der.number(der.at(der.decode(bits[1:]), 0))


def signatures_with_leading_zero():
    """A signature that starts with a zero byte must be as long as the key."""
    body, signature = body_with_leading_zero()
    yield {
        "name": "a signature that starts with a zero byte",
        "key": "keys/rsa2048",
        "body": b64(body),
        "digest": "sha256",
        "signature": signature,
    }


@functools.cache
def body_with_leading_zero():
    for counter in itertools.count():
        body = json.dumps({"id": str(counter)}).encode()
        signature = sign("rsa2048", "sha256", body)
        if base64.b64decode(signature)[0] == 0:
            return body, signature


def verify_cases():
    def case(name, signature, expect=None, *, key="rsa2048", body=STATUS, digest="auto"):
        expected = {"ok": expect} if expect else {"error": {"class": "SignatureMismatchError"}}
        return {
            "name": name,
            "key": f"keys/{key}",
            "body": b64(body),
            "signature": signature,
            "digest": digest,
        } | expected

    for key in SIGNING:
        for digest in DIGESTS:
            yield case(f"{key}, {digest} detected by auto", sign(key, digest, STATUS), digest, key=key)
            yield case(f"{key}, {digest} required", sign(key, digest, STATUS), digest, key=key, digest=digest)
    yield case("empty body", sign("rsa2048", "sha1", b""), "sha1", body=b"")
    zero_body, zero_signature = body_with_leading_zero()
    yield case("a signature that starts with a zero byte", zero_signature, "sha256", body=zero_body)

    sha1, sha256 = sign("rsa2048", "sha1", STATUS), sign("rsa2048", "sha256", STATUS)
    yield case("sha1 when sha256 is required", sha1, digest="sha256")
    yield case("sha256 when sha1 is required", sha256, digest="sha1")
    for key in ("rsa2048-b", "rsa1024", "rsa3072"):
        yield case(f"another key, {key}", sign(key, "sha1", STATUS))

    yield case("body with a bit flipped", sha1, body=flipped(STATUS, 5))
    yield case("body with an additional byte", sha1, body=STATUS + b"\n")
    yield case("body with a byte removed", sha1, body=STATUS[:-1])
    yield case("empty body", sha1, body=b"")
    raw = base64.b64decode(sha1)
    for bit in (0, 7, 1023, 1024, 2040, 2047):
        yield case(f"bit {bit} flipped", b64(flipped(raw, bit)))
    yield case("every bit flipped", b64(bytes(byte ^ 0xFF for byte in raw)))
    yield case("last byte removed", b64(raw[:-1]))
    yield case("first byte removed", b64(raw[1:]))
    yield case("an additional zero byte at the start", b64(b"\0" + raw))
    yield case("an additional zero byte at the end", b64(raw + b"\0"))
    yield case("leading zero byte removed", b64(base64.b64decode(zero_signature)[1:]), body=zero_body)
    yield case("all zero", b64(bytes(256)))
    yield case("the number 1", b64(bytes(255) + b"\1"))
    yield case("the modulus itself", b64(modulus("rsa2048").to_bytes(256)))
    body, signature = body_for_added_modulus()
    yield case("the signature plus the modulus", signature, body=body)
    yield case("empty", "")

    yield case(
        "PSS", sign("rsa2048", "sha256", STATUS, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:0")
    )
    yield case("sha512", sign("rsa2048", "sha512", STATUS))
    yield case("md5", sign("rsa2048", "md5", STATUS))
    hashed = openssl("dgst", "-sha256", "-binary", stdin=STATUS)
    yield case("digest without a DigestInfo", b64(sign_raw("rsa2048", hashed)))
    sha256_oid = der.oid("2.16.840.1.101.3.4.2.1")
    without_null = der.encode(der.sequence(der.sequence(sha256_oid), [der.OCTETS, hashed]))
    yield case("DigestInfo without NULL", b64(sign_raw("rsa2048", without_null)))
    digest_info = der.encode(der.sequence(der.sequence(sha256_oid, [der.NULL, b""]), [der.OCTETS, hashed]))
    assert b64(sign_raw("rsa2048", digest_info)) == sha256, "pkeyutl must make the same signature as dgst"
    yield case("a byte after the DigestInfo", b64(sign_raw("rsa2048", digest_info + b"\0")))

    yield case("base64 without its last character", sha1[:-1])
    yield case("base64 without its last four characters", sha1[:-4])
    yield case("base64 without padding", sha1.rstrip("="))
    yield case("base64 with too much padding", sha1 + "=")
    yield case("base64 with a newline at the end", sha1 + "\n")
    yield case("base64 with a leading space", " " + sha1)
    yield case("base64 in lines of 64", "\n".join(sha1[start : start + 64] for start in range(0, len(sha1), 64)))
    yield case(
        "base64 in lines of 76, CRLF", "\r\n".join(sha1[start : start + 76] for start in range(0, len(sha1), 76))
    )
    assert set("+/") <= set(sha1), "the next two cases need both characters"
    yield case("base64 of the URL alphabet", sha1.replace("+", "-").replace("/", "_"))
    yield case("base64 with spaces instead of plus signs", sha1.replace("+", " "))
    yield case("base64 with unused bits set in the last character", with_unused_bits(sha1))
    yield case("base64 repeated", sha1 + sha1)
    yield case("base64 of base64", b64(sha1.encode()))
    yield case("hexadecimal", raw.hex())
    yield case("not ASCII", "ж" + sha1[1:])
    yield case("NUL at the end", sha1 + "\0")


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 0x80 >> bit % 8
    return bytes(changed)


def body_for_added_modulus():
    """A body whose signature plus the modulus fits the key's length, which a careless verifier accepts."""
    n = modulus("rsa2048")
    for counter in itertools.count():
        body = json.dumps({"id": str(counter)}).encode()
        total = int.from_bytes(base64.b64decode(sign("rsa2048", "sha1", body))) + n
        if total.bit_length() <= 2048:
            return body, b64(total.to_bytes(256))


def with_unused_bits(text):
    """Another encoding of the same bytes: the last character before `==` has four unused bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    assert text.endswith("==")
    last = alphabet.index(text[-3])
    return text[:-3] + alphabet[last | 1] + "=="
