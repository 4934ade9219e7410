"""keys.json and keys/matrix: every form of key file that must open, and those that must be refused with their reason."""

import hashlib
import itertools
import re

import der
from common import VECTORS, b64, openssl, php
from signing import DIGESTS, STATUS, password_of, private_of

MADE_BY = (
    "Files by OpenSSL and PHP's openssl_pkey_export, all of the key keys/rsa2048 unless the name says otherwise; a few PBES2 files put"
    " together from Python's hashlib and `openssl enc`, where OpenSSL 3.0's command line has no option for them; text variants and broken"
    " files are those files changed by makers/keys.py. A file that must open was opened by OpenSSL too and gave the same public key,"
    " except where `openssl` is false. `file` is below tests/vectors; `password` is base64. `expect` holds either `opens`, a name in"
    " `keys`, or the `reason` of the KeyLoadError. A private key that opens gives the `signatures` of `body`; a public one verifies them."
    " In `folders`, `folder` says what to lay into a new folder under the archive's names: a `file` of these vectors, `bytes` in base64,"
    " or a folder in place of the file; null is a folder that is not there. `key` says how it is loaded: for signing or for verifying."
)

# Bytes beyond ASCII and a blank show whether a password is taken as it is.
PASSWORD = "pässwörd ✓ 42".encode()
WRONG = b"wrong"
LEGACY = ("-provider", "legacy", "-provider", "default")
BOM = b"\xef\xbb\xbf"
# What a file may have around the password in it.
AROUND = {
    "LF after it": (b"", b"\n"),
    "CRLF after it": (b"", b"\r\n"),
    "BOM before it": (BOM, b""),
    "BOM before and CRLF after it": (BOM, b"\r\n"),
}

PRFS = ("hmacWithSHA1", "hmacWithSHA224", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512")


def make(results):
    matrix = Matrix(results)
    results.json(
        "keys.json",
        {
            "made_by": MADE_BY,
            "body": b64(STATUS),
            "private": list(matrix.private_cases()),
            "public": list(matrix.public_cases()),
            "folders": list(matrix.folder_cases()),
            "keys": matrix.keys,
        },
    )


def decrypted(name):
    return openssl("pkcs8", "-topk8", "-nocrypt", "-in", private_of(name), password=password_of(name))


class Matrix:
    def __init__(self, results):
        self.results = results
        self.keys = {}
        # The key that nearly every file holds, without its password.
        self.plain = decrypted("rsa2048")
        self.pkcs1 = openssl("rsa", "-traditional", stdin=self.plain)
        self.public = openssl("pkey", "-pubout", stdin=self.plain)
        self.add_key("rsa2048", "pkcs8-plain", self.plain)

    # Cases ---------------------------------------------------------------------------------------------------------------

    def private_cases(self):
        yield from self.plain_forms()
        yield from self.pbes2()
        yield from self.pbes2_limits()
        yield from self.pbes2_vectors()
        yield from self.pbes1()
        yield from self.traditional()
        yield from self.unusual_passwords()
        yield from self.unlucky_passwords()
        yield from self.other_keys()
        yield from self.texts("php-des3", self.read("php-des3"), PASSWORD)
        yield from self.texts("traditional-aes-256", self.read("traditional-aes-256"), PASSWORD)
        yield from self.not_pem()

    def plain_forms(self):
        yield self.opens("pkcs8-plain", self.plain, None)
        yield self.opens("pkcs8-plain", self.plain, PASSWORD, "password ignored")
        yield self.opens("pkcs8-plain", self.plain, b"", "empty password ignored")
        yield self.opens("pkcs1-plain", self.pkcs1, None)
        yield self.opens("pkcs1-plain", self.pkcs1, PASSWORD, "password ignored")
        yield self.opens("php-plain", self.once("php-plain", lambda: self.from_php(None)), None)

    def pbes2(self):
        for cipher in ("aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des3"):
            for prf in PRFS:
                yield from self.encrypted(f"pbes2-{cipher}-{prf}", lambda: self.pkcs8("-v2", cipher, "-v2prf", prf))
        yield from self.encrypted("php-des3", lambda: self.from_php(PASSWORD))
        for cipher in ("AES_128", "AES_192", "AES_256"):
            yield from self.encrypted(
                f"php-{cipher.lower()}", lambda: self.from_php(PASSWORD, f"OPENSSL_CIPHER_{cipher}_CBC")
            )
        yield from self.encrypted("pbes2-scrypt", lambda: self.pkcs8("-v2", "aes-256-cbc", "-scrypt"))
        # The least N that scrypt has.
        yield from self.encrypted(
            "pbes2-scrypt-n-2", lambda: self.pkcs8("-v2", "aes-256-cbc", "-scrypt", "-scrypt_N", "2")
        )
        yield from self.encrypted("pbes2-1-iteration", lambda: self.pkcs8("-v2", "aes-256-cbc", "-iter", "1"))
        yield from self.encrypted(
            "pbes2-600000-iterations", lambda: self.pkcs8("-v2", "aes-256-cbc", "-iter", "600000")
        )
        # As long as the provider's file, 1886 bytes, or a block of the cipher less where the key's numbers are short:
        # OpenSSL has written 16 bytes of salt since 3.2.
        salt_of_16 = self.own_pbes2()
        assert 1886 - 24 <= len(salt_of_16) <= 1886
        yield from self.encrypted("pbes2-salt-16-bytes", lambda: salt_of_16)
        yield from self.encrypted(
            "pbes2-prf-sha1-written-out", lambda: self.own_pbes2(prf="1.2.840.113549.2.7", hash="sha1")
        )
        yield from self.encrypted("pbes2-key-length-written-out", lambda: self.own_pbes2(key_length=True))

        for cipher in ("des-cbc", "rc2-cbc", "camellia-256-cbc", "aria-256-cbc", "aes-256-cfb"):
            yield self.refused(
                f"pbes2-{cipher}",
                self.once(f"pbes2-{cipher}", lambda: self.pkcs8("-v2", cipher)),
                PASSWORD,
                "unsupported",
            )
        for prf in ("hmacWithMD5", "hmacWithSHA512-256"):
            yield self.refused(
                f"pbes2-{prf}",
                self.once(f"pbes2-{prf}", lambda: self.pkcs8("-v2", "aes-256-cbc", "-v2prf", prf)),
                PASSWORD,
                "unsupported",
            )

    def pbes2_limits(self):
        """Numbers that would cost more than a key is worth are refused before any work."""
        # Where the key derivation's parameters stand in EncryptedPrivateKeyInfo.
        kdf = (0, 1, 0, 1)
        for iterations in (0, 10_000_001, 2**31 - 1):
            yield self.patched_kdf(
                f"pbes2-{iterations}-iterations", "pbes2-aes-256-cbc-hmacWithSHA256", (*kdf, 1), iterations
            )
        yield self.patched_kdf("scrypt-512-mib", "pbes2-scrypt", (*kdf, 1), 2**19)
        yield self.patched_kdf("scrypt-n-2-to-the-40", "pbes2-scrypt", (*kdf, 1), 2**40)
        # 128 times this is more than 64 bits hold.
        yield self.patched_kdf("scrypt-n-2-to-the-62", "pbes2-scrypt", (*kdf, 1), 2**62)
        yield self.patched_kdf("scrypt-r-131072", "pbes2-scrypt", (*kdf, 2), 2**17)
        # Little memory, but 256 times the work of the usual file; the most memory, and twice.
        yield self.patched_kdf("scrypt-p-256", "pbes2-scrypt", (*kdf, 3), 256)
        most, twice = ((*kdf, 1), der.integer(2**18)), ((*kdf, 3), der.integer(2))
        yield self.patched("scrypt-256-mib-p-2", "pbes2-scrypt", most, twice)
        # No scrypt at all: N is a power of two above one, r and p are not zero.
        for n in (0, 1, 3, 2**57, 2**63):
            yield self.patched_kdf(f"scrypt-n-{n}", "pbes2-scrypt", (*kdf, 1), n)
        yield self.patched_kdf("scrypt-r-0", "pbes2-scrypt", (*kdf, 2), 0)
        yield self.patched_kdf("scrypt-p-0", "pbes2-scrypt", (*kdf, 3), 0)

    def pbes2_vectors(self):
        """The initialisation vector is as long as the cipher's block, or the file is none that anything could have written."""
        kdf, vector = (0, 1, 0, 1), (0, 1, 1, 1)
        for cipher, length in (("des3", 8), ("aes-256-cbc", 16)):
            for wrong in (0, length - 1, length + 1):
                node = [der.OCTETS, bytes(wrong)]
                base = f"pbes2-{cipher}-hmacWithSHA256"
                yield self.patched(f"pbes2-{cipher}-vector-of-{wrong}", base, (vector, node))
        # The derivation makes 16 bytes, the cipher needs 32.
        key_length = der.integer(16)
        yield self.patched("pbes2-key-length-of-16", "pbes2-key-length-written-out", ((*kdf, 2), key_length))

    def pbes1(self):
        for algorithm in ("MD5-DES", "SHA1-DES", "SHA1-3DES", "SHA1-2DES"):
            yield from self.encrypted(f"pbes1-{algorithm}", lambda: self.pkcs8("-v1", f"PBE-{algorithm}"))
        for algorithm in ("SHA1-RC2-40", "SHA1-RC2-128", "SHA1-RC4-40", "SHA1-RC4-128", "MD5-RC2-64", "SHA1-RC2-64"):
            text = self.once(f"pbes1-{algorithm}", lambda: self.pkcs8("-v1", f"PBE-{algorithm}"))
            yield self.refused(f"pbes1-{algorithm}", text, PASSWORD, "unsupported")

    def traditional(self):
        ciphers = {"des-ede3": "-des3", "aes-128": "-aes128", "aes-192": "-aes192", "aes-256": "-aes256"}
        for name, option in ciphers.items():
            yield from self.encrypted(f"traditional-{name}", lambda: self.dek(option))
        for name, option in {
            "des": "-des",
            "camellia-256": "-camellia256",
            "aria-256": "-aria256",
            "aes-256-cfb": "-aes-256-cfb",
        }.items():
            yield self.refused(
                f"traditional-{name}",
                self.once(f"traditional-{name}", lambda: self.dek(option)),
                PASSWORD,
                "unsupported",
            )

        text = self.read("traditional-aes-256")
        iv = re.search(rb"DEK-Info: AES-256-CBC,([0-9A-F]{32})", text)[1]
        header = b"DEK-Info: AES-256-CBC," + iv

        def changed(name, new_header, reason):
            return self.refused(f"traditional-{name}", text.replace(header, new_header), PASSWORD, reason)

        yield self.opens("traditional-iv-in-lower-case", text.replace(iv, iv.lower()), PASSWORD)
        yield changed("unknown-cipher", b"DEK-Info: NO-SUCH-CBC," + iv, "unsupported")
        yield changed("no-iv", b"DEK-Info: AES-256-CBC", "malformed")
        yield changed("empty-iv", b"DEK-Info: AES-256-CBC,", "malformed")
        yield changed("short-iv", header[:-2], "malformed")
        yield changed("odd-iv", header[:-1], "malformed")
        yield changed("iv-not-hexadecimal", header[:-1] + b"G", "malformed")
        yield changed("empty-dek-info", b"DEK-Info:", "malformed")
        yield self.refused("traditional-no-dek-info", text.replace(header + b"\n", b""), PASSWORD, "malformed")

    def unusual_passwords(self):
        passwords = {
            "latin-1": "pässwörd".encode("latin-1"),
            "blanks": b" blanks are part of it ",
            "newline": b"ends in a newline\n",
            "1023-bytes": b"x" * 1023,
        }
        for name, password in passwords.items():
            file = f"password-{name}"
            yield self.opens(
                file, self.once(file, lambda: self.pkcs8("-v2", "aes-256-cbc", password=password)), password
            )
        yield self.refused(
            "password-newline",
            self.read("password-newline"),
            b"ends in a newline",
            "wrong_password",
            "its newline left out",
        )
        yield self.opens(
            "password-newline",
            self.read("password-newline"),
            b"ends in a newline\n\n",
            "LF after it",
            openssl_opens=False,
        )
        yield self.refused(
            "password-blanks",
            self.read("password-blanks"),
            b"blanks are part of it",
            "wrong_password",
            "its blanks left out",
        )
        # PKCS#12's key derivation takes UTF-16, where this character is a surrogate pair.
        emoji = "key 😀".encode()
        yield self.opens(
            "pbes1-emoji", self.once("pbes1-emoji", lambda: self.pkcs8("-v1", "PBE-SHA1-3DES", password=emoji)), emoji
        )
        for name in ("php-des3", "traditional-des-ede3"):
            text = self.read(name)
            for variant, (before, after) in AROUND.items():
                yield self.opens(name, text, before + PASSWORD + after, variant, openssl_opens=False)
            yield self.refused(name, text, PASSWORD + b"\n\n", "wrong_password", "two LF after it")
            yield self.refused(name, text, b"x" * 1024, "wrong_password", "password of 1024 bytes")
            yield self.refused(name, text, PASSWORD + b"\0", "wrong_password", "password with a NUL")
            yield self.refused(name, text, b"\xff\xfe", "wrong_password", "password that is no UTF-8")

    def unlucky_passwords(self):
        """Nothing but the padding and the DER inside tells a wrong password: with these the padding is right by chance."""
        iv, data = self.dek_parts("traditional-aes-256")

        def traditional_key(password):
            first = hashlib.md5(password + iv[:8]).digest()
            return first + hashlib.md5(first + password + iv[:8]).digest()

        yield self.unlucky("traditional-aes-256", traditional_key, data)

        tree = der.decode(der.from_pem(self.read("php-aes_256")))
        salt, iterations = der.at(tree, 0, 1, 0, 1, 0)[1], der.number(der.at(tree, 0, 1, 0, 1, 1))
        yield self.unlucky(
            "php-aes_256", lambda password: hashlib.pbkdf2_hmac("sha256", password, salt, iterations), tree[1][1][1]
        )

    def other_keys(self):
        small = decrypted("rsa1024")
        exponent_3 = self.once("rsa2048-e3", lambda: self.new_key("RSA", "rsa_keygen_bits:2048", "rsa_keygen_pubexp:3"))
        for name, text in {"rsa1024": small, "rsa2048-e3": exponent_3}.items():
            self.add_key(name, name, text)
            yield self.opens(name, text, None, key=name)

        for bits in (512, 1023):
            text = self.once(f"rsa{bits}", lambda: openssl("genrsa", str(bits)))
            yield self.refused(f"rsa{bits}", text, None, "too_small")
        tiny = self.read("rsa512")
        yield self.refused("rsa512-pkcs1", openssl("rsa", "-traditional", stdin=tiny), None, "too_small")
        yield self.refused(
            "rsa512-encrypted", self.once("rsa512-encrypted", lambda: self.pkcs8(key=tiny)), PASSWORD, "too_small"
        )

        primes = self.once(
            "rsa2048-3-primes", lambda: self.new_key("RSA", "rsa_keygen_bits:2048", "rsa_keygen_primes:3")
        )
        yield self.refused("rsa2048-3-primes", primes, None, "unsupported")
        yield self.refused("rsa2048-3-primes-pkcs1", openssl("rsa", "-traditional", stdin=primes), None, "unsupported")
        pss = {"rsa-pss": (), "rsa-pss-sha256": ("rsa_pss_keygen_md:sha256",)}
        for name, options in pss.items():
            text = self.once(name, lambda: self.new_key("RSA-PSS", "rsa_keygen_bits:2048", *options))
            yield self.refused(name, text, None, "unsupported")
        yield self.refused(
            "rsa-pss-encrypted",
            self.once("rsa-pss-encrypted", lambda: self.pkcs8(key=self.read("rsa-pss"))),
            PASSWORD,
            "unsupported",
        )
        # The label decides; behind it stand only the first words of the form.
        openssh = der.to_pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0\0\0\0\4none\0\0\0\4none\0\0\0\0\0\0\0\1", 70)
        yield self.refused("openssh", openssh, None, "unsupported")

        elliptic = self.once("ec", lambda: self.new_key("EC", "ec_paramgen_curve:P-256"))
        yield self.refused("ec", elliptic, None, "wrong_kind")
        yield self.refused(
            "ec-encrypted", self.once("ec-encrypted", lambda: self.pkcs8(key=elliptic)), PASSWORD, "wrong_kind"
        )
        sec1 = openssl("ec", stdin=elliptic)
        yield self.refused("ec-sec1", sec1, None, "wrong_kind")
        parameters = openssl("ecparam", "-name", "prime256v1")
        yield self.refused("ec-parameters-first", parameters + sec1, None, "wrong_kind")
        yield self.refused("ed25519", self.once("ed25519", lambda: self.new_key("ED25519")), None, "wrong_kind")
        yield self.refused("public-spki", self.public, None, "wrong_kind")
        yield self.refused("public-pkcs1", self.public_pkcs1(), None, "wrong_kind")
        yield self.refused("certificate", self.certificate(), None, "wrong_kind")

        # Fields of RSAPrivateKey: version, n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p.
        for name, field in {
            "modulus": 1,
            "private-exponent": 3,
            "prime": 4,
            "crt-exponent": 6,
            "crt-coefficient": 8,
        }.items():
            yield self.refused(f"changed-{name}", self.with_changed_field(field), None, "malformed")
        yield self.refused(
            "pkcs8-cut-der", der.to_pem("PRIVATE KEY", der.from_pem(self.plain)[:-100]), None, "malformed"
        )
        yield self.refused("pkcs8-no-der", der.to_pem("PRIVATE KEY", b"this is no DER, only text"), None, "malformed")
        yield self.refused(
            "pkcs1-no-der", der.to_pem("RSA PRIVATE KEY", b"this is no DER, only text"), None, "malformed"
        )
        yield self.refused(
            "encrypted-no-der", der.to_pem("ENCRYPTED PRIVATE KEY", b"this is no DER, only text"), PASSWORD, "malformed"
        )

    def texts(self, base, text, password):
        """What editors, mail and copying do to a file. OpenSSL refuses a few of those that open."""
        lines = text.splitlines()
        body = [index for index, content in enumerate(lines) if re.fullmatch(rb"[A-Za-z0-9+/]{64}", content)]
        first, middle = body[0], body[len(body) // 2]
        headers, end = lines[:first], lines[-1]
        base64_text = b"".join(lines[first:-1])

        def columns(width):
            rows = [base64_text[start : start + width] for start in range(0, len(base64_text), width)]
            return b"\n".join([*headers, *rows, end, b""])

        def joined(new_lines, newline=b"\n"):
            return b"".join(content + newline for content in new_lines)

        good = {
            "crlf": joined(lines, b"\r\n"),
            "bom": BOM + text,
            "bom-crlf": BOM + joined(lines, b"\r\n"),
            "trailing-spaces": joined(lines, b"  \n"),
            "trailing-tabs": joined(lines, b"\t\n"),
            "no-final-newline": text.rstrip(b"\n"),
            "blank-lines-before": b"\n \n" + text,
            "blank-lines-after": text + b"\n \n\n",
            "text-before": b"Bag Attributes\n    friendlyName: merchant\n    localKeyID: 01 02 \nKey Attributes: <No Attributes>\n"
            + text,
            "text-after": text + b"the key above is for tests\n",
            "public-key-after": text + self.public,
            "second-key-after": text + self.read("rsa1024"),
        }
        only_ours = {
            "cr": joined(lines, b"\r"),
            "blank-line-inside": joined([*lines[:middle], b"", *lines[middle:]]),
        }
        rewrapped = {"60-columns": columns(60), "76-columns": columns(76), "one-line": columns(len(base64_text))}
        if len(headers) == 1:
            good |= rewrapped
            # Where there are headers, a blank before one would mean that the header before goes on.
            only_ours["indented"] = joined([b"    " + content for content in lines])
        else:
            # After headers OpenSSL reads lines of 64 characters only.
            only_ours |= rewrapped
        for name, variant in good.items():
            yield self.opens(f"{base}-{name}", variant, password)
        for name, variant in only_ours.items():
            yield self.opens(f"{base}-{name}", variant, password, openssl_opens=False)

        bad = {
            "cut": text[: len(text) // 2],
            "no-end": joined(lines[:-1]),
            "end-of-another-label": text.replace(end, b"-----END CERTIFICATE-----"),
            "junk-inside": joined([*lines[:middle], b"!" + lines[middle][1:], *lines[middle + 1 :]]),
            "character-missing": joined([*lines[:middle], lines[middle][1:], *lines[middle + 1 :]]),
            "nothing-inside": joined([*headers, end]),
        }
        for name, variant in bad.items():
            yield self.refused(f"{base}-{name}", variant, password, "malformed")

    def not_pem(self):
        files = {
            "empty": b"",
            "blank": b"\n\n",
            "text": b"This is not a key.\n",
            "password": PASSWORD,
            "der": der.from_pem(self.plain),
            "utf-16": self.plain.decode().encode("utf-16"),
            "base64-alone": b"".join(self.plain.splitlines(keepends=True)[1:-1]),
        }
        for name, content in files.items():
            yield self.refused(f"not-pem-{name}", content, None, "not_pem")

    def public_cases(self):
        def opens(name, text, key="rsa2048"):
            return {"name": name, "file": self.derived(name, text), "expect": {"opens": key}}

        def refused(name, text, reason):
            return {"name": name, "file": self.derived(name, text), "expect": {"reason": reason}}

        certificate = self.certificate()
        yield opens("public-spki", self.public)
        yield opens("public-pkcs1", self.public_pkcs1())
        yield opens("certificate", certificate)
        for name in ("rsa1024", "rsa2048-e3"):
            yield opens(f"public-{name}", openssl("pkey", "-pubout", stdin=self.read(name)), name)
        large = self.once("rsa8192", lambda: self.new_key("RSA", "rsa_keygen_bits:8192"))
        self.add_key("rsa8192", "rsa8192", large)
        yield opens("public-rsa8192", openssl("pkey", "-pubout", stdin=large), "rsa8192")

        body = der.from_pem(self.public)
        yield opens("public-crlf", self.public.replace(b"\n", b"\r\n"))
        yield opens("public-cr", self.public.replace(b"\n", b"\r"))
        yield opens("public-bom", BOM + self.public)
        yield opens("public-one-line", der.to_pem("PUBLIC KEY", body, columns=10_000))
        yield opens("public-indented", b"".join(b"  " + content + b"\n" for content in self.public.splitlines()))
        yield opens("public-blank-lines-after", self.public + b"\n\n")
        yield opens("public-two-certificates", certificate + openssl("x509", stdin=self.ec_certificate()))
        yield opens("public-text-before-certificate", openssl("x509", "-text", stdin=certificate))

        for name in ("pkcs8-plain", "pkcs1-plain", "php-des3", "traditional-aes-256"):
            yield refused(name, self.read(name), "wrong_kind")
        yield refused("public-ec", openssl("pkey", "-pubout", stdin=self.read("ec")), "wrong_kind")
        yield refused("certificate-ec", self.ec_certificate(), "wrong_kind")
        yield refused("public-rsa-pss", openssl("pkey", "-pubout", stdin=self.read("rsa-pss")), "unsupported")
        yield refused("public-rsa512", openssl("pkey", "-pubout", stdin=self.read("rsa512")), "too_small")
        yield refused("public-rsa1023", openssl("pkey", "-pubout", stdin=self.read("rsa1023")), "too_small")
        yield refused("public-cut", self.public[: len(self.public) // 2], "malformed")
        yield refused("public-junk-inside", self.public.replace(b"\nMIIB", b"\nM!IB"), "malformed")
        yield refused("public-cut-der", der.to_pem("PUBLIC KEY", body[:-20]), "malformed")
        yield refused("public-no-der", der.to_pem("PUBLIC KEY", b"this is no DER, only text"), "malformed")
        yield refused("certificate-no-der", der.to_pem("CERTIFICATE", b"this is no DER, only text"), "malformed")
        yield refused("certificate-cut-der", der.to_pem("CERTIFICATE", der.from_pem(certificate)[:-20]), "malformed")
        yield refused("not-pem-empty", b"", "not_pem")
        yield refused("not-pem-text", b"This is not a key.\n", "not_pem")
        yield refused("public-der", body, "not_pem")

    def folder_cases(self):
        def signing(name, private, password, expect):
            files = {"private.pem": {"file": self.path(private)}}
            if password is not None:
                files["password.txt"] = {"bytes": b64(password)}
            return other("signing", name, files, expect)

        def other(key, name, files, expect):
            return {"name": name, "key": key, "folder": files, "expect": expect}

        opens, wrong, needed = {"opens": "rsa2048"}, {"reason": "wrong_password"}, {"reason": "needs_password"}
        for file in ("php-des3", "traditional-aes-256"):
            for variant, password, expect in (
                ("password as it is", PASSWORD, opens),
                ("LF after it", PASSWORD + b"\n", opens),
                ("CRLF after it", PASSWORD + b"\r\n", opens),
                ("BOM before it", BOM + PASSWORD, opens),
                ("BOM before and CRLF after it", BOM + PASSWORD + b"\r\n", opens),
                ("two LF after it", PASSWORD + b"\n\n", wrong),
                ("CR after it", PASSWORD + b"\r", wrong),
                ("LF and CR after it", PASSWORD + b"\n\r", wrong),
                ("LF before it", b"\n" + PASSWORD, wrong),
                ("blank after it", PASSWORD + b" ", wrong),
                ("blank before it", b" " + PASSWORD, wrong),
                ("quotes around it", b'"' + PASSWORD + b'"', wrong),
                ("in UTF-16", PASSWORD.decode().encode("utf-16"), wrong),
                ("two BOM before it", BOM + BOM + PASSWORD, wrong),
                ("NUL after it", PASSWORD + b"\0", wrong),
                ("1024 bytes", b"x" * 1024, wrong),
                ("another password", WRONG, wrong),
                ("empty password.txt", b"", needed),
                ("no password.txt", None, needed),
            ):
                yield signing(f"{file}, {variant}", file, password, expect)

        # What is stripped may be part of the password: the bytes as they are come second.
        for name, password in {"crlf": b"ends in CRLF\r\n", "bom": BOM + b"starts with a BOM"}.items():
            self.once(f"password-{name}", lambda: self.pkcs8("-v2", "aes-256-cbc", password=password))
            yield signing(f"password-{name}, as it is", f"password-{name}", password, opens)
        yield signing("password-newline, as it is", "password-newline", b"ends in a newline\n", opens)
        yield signing("password-newline, LF after it", "password-newline", b"ends in a newline\n\n", opens)
        yield signing("password-newline, without its own LF", "password-newline", b"ends in a newline", wrong)
        yield signing("password-blanks, LF after it", "password-blanks", b" blanks are part of it \n", opens)
        yield signing("password-latin-1", "password-latin-1", "pässwörd".encode("latin-1"), opens)
        yield signing("password-1023-bytes, LF after it", "password-1023-bytes", b"x" * 1023 + b"\n", opens)

        for file in ("pkcs8-plain", "pkcs1-plain"):
            yield signing(f"{file}, password.txt ignored", file, WRONG, opens)
            yield signing(f"{file}, empty password.txt ignored", file, b"", opens)
            yield signing(f"{file}, no password.txt", file, None, opens)

        missing, private, public = (
            {"reason": "not_found"},
            {"file": self.path("pkcs8-plain")},
            {"file": self.path("public-spki")},
        )
        yield other("signing", "no folder", None, missing)
        yield other("signing", "empty folder", {}, missing)
        yield other("signing", "password.txt alone", {"password.txt": {"bytes": b64(PASSWORD)}}, missing)
        yield other("signing", "public.pem alone", {"public.pem": public}, missing)
        yield other("signing", "private.pem is a folder", {"private.pem": "folder"}, {"reason": "unreadable"})
        yield other("signing", "private.pem holds a public key", {"private.pem": public}, {"reason": "wrong_kind"})
        yield other("verifying", "verifying, public.pem", {"public.pem": public}, opens)
        yield other(
            "verifying",
            "verifying, public.pem is a certificate",
            {"public.pem": {"file": self.path("certificate")}},
            opens,
        )
        yield other(
            "verifying", "verifying, public.pem holds a private key", {"public.pem": private}, {"reason": "wrong_kind"}
        )
        yield other("verifying", "verifying, private.pem alone", {"private.pem": private}, missing)
        yield other(
            "verifying", "verifying, public.pem is a folder", {"public.pem": "folder"}, {"reason": "unreadable"}
        )
        yield other("verifying", "verifying, no folder", None, missing)

    # One case ------------------------------------------------------------------------------------------------------------

    def opens(self, file, text, password, variant=None, key="rsa2048", openssl_opens=True):
        if openssl_opens:
            spki = openssl(
                "pkey",
                *LEGACY,
                "-pubout",
                "-outform",
                "DER",
                stdin=text,
                password=PASSWORD if password is None else password,
            )
            assert hashlib.sha256(spki).hexdigest() == self.keys[key]["spki_sha256"], f"{file} holds another key"
        return self.case(file, text, password, {"opens": key}, variant) | ({} if openssl_opens else {"openssl": False})

    def refused(self, file, text, password, reason, variant=None):
        return self.case(file, text, password, {"reason": reason}, variant)

    def case(self, file, text, password, expect, variant):
        name = file if variant is None else f"{file}, {variant}"
        return {"name": name, "file": self.derived(file, text), "password": b64(password), "expect": expect}

    def encrypted(self, file, make):
        """A file that opens with its password and with no other."""
        text = self.once(file, make)
        yield self.opens(file, text, PASSWORD)
        yield self.refused(file, text, WRONG, "wrong_password", "wrong password")
        yield self.refused(file, text, None, "needs_password", "no password")
        yield self.refused(file, text, b"", "needs_password", "empty password")

    def patched_kdf(self, file, base, path, value):
        return self.patched(file, base, (path, der.integer(value)))

    def patched(self, file, base, *changes):
        tree = der.decode(der.from_pem(self.read(base)))
        for path, node in changes:
            der.at(tree, *path)[:] = node
        return self.refused(file, der.to_pem("ENCRYPTED PRIVATE KEY", der.encode(tree)), PASSWORD, "unsupported")

    def unlucky(self, file, key_of, data):
        for counter in itertools.count():
            password = f"wrong {counter}".encode()
            # The block before serves as IV of the last one.
            options = ("-K", key_of(password).hex(), "-iv", data[-32:-16].hex())
            last = openssl("enc", "-d", "-aes-256-cbc", "-nopad", *options, stdin=data[-16:])
            if 1 <= last[-1] <= 16 and last.endswith(last[-1:] * last[-1]):
                return self.refused(
                    file, self.read(file), password, "wrong_password", "wrong password, padding right by chance"
                )

    # Files ---------------------------------------------------------------------------------------------------------------

    def path(self, name):
        return f"keys/matrix/{name}.pem"

    def read(self, name):
        return (VECTORS / self.path(name)).read_bytes()

    def once(self, name, make):
        return self.results.once(self.path(name), make)

    def derived(self, name, content):
        self.results.file(self.path(name), content)
        return self.path(name)

    def add_key(self, name, file, private):
        path = VECTORS / self.derived(file, private)
        spki = openssl("pkey", "-pubout", "-outform", "DER", stdin=private)
        signatures = {digest: b64(openssl("dgst", f"-{digest}", "-sign", path, stdin=STATUS)) for digest in DIGESTS}
        self.keys[name] = {"spki_sha256": hashlib.sha256(spki).hexdigest(), "signatures": signatures}

    def new_key(self, algorithm, *options):
        arguments = [argument for option in options for argument in ("-pkeyopt", option)]
        return openssl("genpkey", "-quiet", "-algorithm", algorithm, *arguments)

    def pkcs8(self, *options, key=None, password=None):
        return openssl("pkcs8", *LEGACY, "-topk8", *options, stdin=key or self.plain, new_password=password or PASSWORD)

    def dek(self, cipher):
        return openssl("rsa", *LEGACY, "-traditional", cipher, stdin=self.plain, new_password=PASSWORD)

    def dek_parts(self, name):
        text = self.read(name)
        headers, body = text.split(b"\n\n")
        iv = bytes.fromhex(headers.rpartition(b",")[2].decode())
        return iv, der.from_pem(b"-----BEGIN X-----\n" + body)

    def from_php(self, password, cipher=None):
        return php("export.php", {"key": self.plain.decode(), "password": b64(password), "cipher": cipher}).encode()

    def own_pbes2(self, prf="1.2.840.113549.2.9", hash="sha256", key_length=False):
        """PBES2 with AES-256-CBC and 2048 iterations, put together by hand; salt and IV are fixed."""
        salt, iv = bytes(range(16)), bytes(range(16, 32))
        key = hashlib.pbkdf2_hmac(hash, PASSWORD, salt, 2048, 32)
        data = openssl("enc", "-aes-256-cbc", "-K", key.hex(), "-iv", iv.hex(), stdin=der.from_pem(self.plain))
        parameters = [[der.OCTETS, salt], der.integer(2048)]
        if key_length:
            parameters.append(der.integer(32))
        parameters.append(der.sequence(der.oid(prf), [der.NULL, b""]))
        pbkdf2 = der.sequence(der.oid("1.2.840.113549.1.5.12"), der.sequence(*parameters))
        aes = der.sequence(der.oid("2.16.840.1.101.3.4.1.42"), [der.OCTETS, iv])
        pbes2 = der.sequence(der.oid("1.2.840.113549.1.5.13"), der.sequence(pbkdf2, aes))
        return der.to_pem("ENCRYPTED PRIVATE KEY", der.encode(der.sequence(pbes2, [der.OCTETS, data])))

    def with_changed_field(self, index):
        """The key in PKCS#1 form with two added to one number, so that it stays odd."""
        tree = der.decode(der.from_pem(self.pkcs1))
        tree[1][index] = der.integer(der.number(tree[1][index]) + 2)
        return der.to_pem("RSA PRIVATE KEY", der.encode(tree))

    def public_pkcs1(self):
        return openssl("rsa", "-RSAPublicKey_out", stdin=self.plain)

    def certificate(self):
        return self.once("certificate", lambda: self.self_signed("pkcs8-plain"))

    def ec_certificate(self):
        return self.once("certificate-ec", lambda: self.self_signed("ec"))

    def self_signed(self, key):
        return openssl(
            "req", "-x509", "-new", "-key", VECTORS / self.path(key), "-subj", "/CN=for tests only", "-days", "36500"
        )
