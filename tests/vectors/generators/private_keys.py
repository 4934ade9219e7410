"""The cases of private key files."""

import hashlib
import re

import der
from common import openssl
from key_files import AROUND, BOM, KeyFiles, decrypted

PRFS = ("hmacWithSHA1", "hmacWithSHA224", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512")


class PrivateKeys(KeyFiles):
    def private_cases(self):
        yield from self.plain_forms()
        yield from self.pbes2()
        yield from self.pbes2_limits()
        yield from self.pbes2_vectors()
        yield from self.pbes1()
        yield from self.traditional()
        yield from self.unusual_passwords()
        yield from self.false_paddings()
        yield from self.other_keys()
        yield from self.texts("php-des3", self.read("php-des3"), self.password)
        yield from self.texts("traditional-aes-256", self.read("traditional-aes-256"), self.password)
        yield from self.not_pem()

    def plain_forms(self):
        yield self.opens("pkcs8-plain", self.plain, None)
        yield self.opens("pkcs8-plain", self.plain, self.password, "password ignored")
        yield self.opens("pkcs8-plain", self.plain, b"", "empty password ignored")
        yield self.opens("pkcs1-plain", self.pkcs1, None)
        yield self.opens("pkcs1-plain", self.pkcs1, self.password, "password ignored")
        yield self.opens("php-plain", self.once("php-plain", lambda: self.from_php(None)), None)

    def pbes2(self):
        for cipher in ("aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des3"):
            for prf in PRFS:
                yield from self.encrypted(f"pbes2-{cipher}-{prf}", lambda: self.pkcs8("-v2", cipher, "-v2prf", prf))
        yield from self.encrypted("php-des3", lambda: self.from_php(self.password))
        for cipher in ("AES_128", "AES_192", "AES_256"):
            yield from self.encrypted(
                f"php-{cipher.lower()}", lambda: self.from_php(self.password, f"OPENSSL_CIPHER_{cipher}_CBC")
            )
        yield from self.encrypted("pbes2-scrypt", lambda: self.pkcs8("-v2", "aes-256-cbc", "-scrypt"))
        # The smallest N of scrypt.
        yield from self.encrypted(
            "pbes2-scrypt-n-2", lambda: self.pkcs8("-v2", "aes-256-cbc", "-scrypt", "-scrypt_N", "2")
        )
        yield from self.encrypted("pbes2-1-iteration", lambda: self.pkcs8("-v2", "aes-256-cbc", "-iter", "1"))
        yield from self.encrypted(
            "pbes2-600000-iterations", lambda: self.pkcs8("-v2", "aes-256-cbc", "-iter", "600000")
        )
        # As long as the provider's file, 1886 bytes, or one cipher block less if the key's numbers are
        # short. OpenSSL writes a salt of 16 bytes since 3.2.
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
                self.password,
                "unsupported",
            )
        for prf in ("hmacWithMD5", "hmacWithSHA512-256"):
            yield self.refused(
                f"pbes2-{prf}",
                self.once(f"pbes2-{prf}", lambda: self.pkcs8("-v2", "aes-256-cbc", "-v2prf", prf)),
                self.password,
                "unsupported",
            )

    def pbes2_limits(self):
        """Parameters that would make the derivation too expensive are refused before any work."""
        # The path to the key derivation's parameters in EncryptedPrivateKeyInfo.
        kdf = (0, 1, 0, 1)
        for iterations in (0, 10_000_001, 2**31 - 1):
            yield self.patched_kdf(
                f"pbes2-{iterations}-iterations", "pbes2-aes-256-cbc-hmacWithSHA256", (*kdf, 1), iterations
            )
        yield self.patched_kdf("scrypt-512-mib", "pbes2-scrypt", (*kdf, 1), 2**19)
        yield self.patched_kdf("scrypt-n-2-to-the-40", "pbes2-scrypt", (*kdf, 1), 2**40)
        # 128 times this value exceeds 64 bits.
        yield self.patched_kdf("scrypt-n-2-to-the-62", "pbes2-scrypt", (*kdf, 1), 2**62)
        yield self.patched_kdf("scrypt-r-131072", "pbes2-scrypt", (*kdf, 2), 2**17)
        # Little memory, but 256 times the work of the usual file; and the maximum memory with double work.
        yield self.patched_kdf("scrypt-p-256", "pbes2-scrypt", (*kdf, 3), 256)
        max_n, double_p = ((*kdf, 1), der.integer(2**18)), ((*kdf, 3), der.integer(2))
        yield self.patched("scrypt-256-mib-p-2", "pbes2-scrypt", max_n, double_p)
        # Invalid scrypt parameters: N must be a power of two above one, and r and p must not be zero.
        for n in (0, 1, 3, 2**57, 2**63):
            yield self.patched_kdf(f"scrypt-n-{n}", "pbes2-scrypt", (*kdf, 1), n)
        yield self.patched_kdf("scrypt-r-0", "pbes2-scrypt", (*kdf, 2), 0)
        yield self.patched_kdf("scrypt-p-0", "pbes2-scrypt", (*kdf, 3), 0)

    def pbes2_vectors(self):
        """An initialization vector must be as long as the cipher's block."""
        kdf, vector = (0, 1, 0, 1), (0, 1, 1, 1)
        for cipher, length in (("des3", 8), ("aes-256-cbc", 16)):
            for wrong in (0, length - 1, length + 1):
                node = [der.OCTETS, bytes(wrong)]
                base = f"pbes2-{cipher}-hmacWithSHA256"
                yield self.patched(f"pbes2-{cipher}-vector-of-{wrong}", base, (vector, node))
        # The derivation produces 16 bytes, but the cipher needs 32.
        key_length = der.integer(16)
        yield self.patched("pbes2-key-length-of-16", "pbes2-key-length-written-out", ((*kdf, 2), key_length))

    def pbes1(self):
        for algorithm in ("MD5-DES", "SHA1-DES", "SHA1-3DES", "SHA1-2DES"):
            yield from self.encrypted(f"pbes1-{algorithm}", lambda: self.pkcs8("-v1", f"PBE-{algorithm}"))
        for algorithm in ("SHA1-RC2-40", "SHA1-RC2-128", "SHA1-RC4-40", "SHA1-RC4-128", "MD5-RC2-64", "SHA1-RC2-64"):
            text = self.once(f"pbes1-{algorithm}", lambda: self.pkcs8("-v1", f"PBE-{algorithm}"))
            yield self.refused(f"pbes1-{algorithm}", text, self.password, "unsupported")

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
                self.password,
                "unsupported",
            )

        text = self.read("traditional-aes-256")
        iv = re.search(rb"DEK-Info: AES-256-CBC,([0-9A-F]{32})", text)[1]
        header = b"DEK-Info: AES-256-CBC," + iv

        def changed(name, new_header, reason):
            return self.refused(f"traditional-{name}", text.replace(header, new_header), self.password, reason)

        yield self.opens("traditional-iv-in-lower-case", text.replace(iv, iv.lower()), self.password)
        yield changed("unknown-cipher", b"DEK-Info: NO-SUCH-CBC," + iv, "unsupported")
        yield changed("no-iv", b"DEK-Info: AES-256-CBC", "malformed")
        yield changed("empty-iv", b"DEK-Info: AES-256-CBC,", "malformed")
        yield changed("short-iv", header[:-2], "malformed")
        yield changed("odd-iv", header[:-1], "malformed")
        yield changed("iv-not-hexadecimal", header[:-1] + b"G", "malformed")
        yield changed("empty-dek-info", b"DEK-Info:", "malformed")
        yield self.refused("traditional-no-dek-info", text.replace(header + b"\n", b""), self.password, "malformed")

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
            "without its newline",
        )
        yield self.opens(
            "password-newline",
            self.read("password-newline"),
            b"ends in a newline\n\n",
            "trailing LF",
            openssl_opens=False,
        )
        yield self.refused(
            "password-blanks",
            self.read("password-blanks"),
            b"blanks are part of it",
            "wrong_password",
            "without its spaces",
        )
        # PKCS#12's key derivation uses UTF-16, in which this character is a surrogate pair.
        emoji = "key 😀".encode()
        yield self.opens(
            "pbes1-emoji", self.once("pbes1-emoji", lambda: self.pkcs8("-v1", "PBE-SHA1-3DES", password=emoji)), emoji
        )
        for name in ("php-des3", "traditional-des-ede3"):
            text = self.read(name)
            for variant, (before, after) in AROUND.items():
                yield self.opens(name, text, before + self.password + after, variant, openssl_opens=False)
            yield self.refused(name, text, self.password + b"\n\n", "wrong_password", "two trailing LF")
            yield self.refused(name, text, b"x" * 1024, "wrong_password", "password of 1024 bytes")
            yield self.refused(name, text, self.password + b"\0", "wrong_password", "password with a NUL")
            yield self.refused(name, text, b"\xff\xfe", "wrong_password", "password that is not UTF-8")

    def false_paddings(self):
        """Wrong passwords with valid padding. Only the padding and the DER inside reveal a wrong password."""
        iv, data = self.dek_parts("traditional-aes-256")

        def traditional_key(password):
            first = hashlib.md5(password + iv[:8]).digest()
            return first + hashlib.md5(first + password + iv[:8]).digest()

        yield self.false_padding("traditional-aes-256", traditional_key, data)

        tree = der.decode(der.from_pem(self.read("php-aes_256")))
        salt, iterations = der.at(tree, 0, 1, 0, 1, 0)[1], der.number(der.at(tree, 0, 1, 0, 1, 1))
        yield self.false_padding(
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
            "rsa512-encrypted", self.once("rsa512-encrypted", lambda: self.pkcs8(key=tiny)), self.password, "too_small"
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
            self.password,
            "unsupported",
        )
        # The label decides; the content is only the start of the format.
        openssh = der.to_pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0\0\0\0\4none\0\0\0\4none\0\0\0\0\0\0\0\1", 70)
        yield self.refused("openssh", openssh, None, "unsupported")

        elliptic = self.once("ec", lambda: self.new_key("EC", "ec_paramgen_curve:P-256"))
        yield self.refused("ec", elliptic, None, "wrong_kind")
        yield self.refused(
            "ec-encrypted", self.once("ec-encrypted", lambda: self.pkcs8(key=elliptic)), self.password, "wrong_kind"
        )
        sec1 = openssl("ec", stdin=elliptic)
        yield self.refused("ec-sec1", sec1, None, "wrong_kind")
        parameters = openssl("ecparam", "-name", "prime256v1")
        yield self.refused("ec-parameters-first", parameters + sec1, None, "wrong_kind")
        yield self.refused("ed25519", self.once("ed25519", lambda: self.new_key("ED25519")), None, "wrong_kind")
        yield self.refused("public-spki", self.public, None, "wrong_kind")
        yield self.refused("public-pkcs1", self.public_pkcs1(), None, "wrong_kind")
        yield self.refused("certificate", self.certificate(), None, "wrong_kind")

        # The fields of RSAPrivateKey: version, n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p.
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
            "encrypted-no-der",
            der.to_pem("ENCRYPTED PRIVATE KEY", b"this is no DER, only text"),
            self.password,
            "malformed",
        )

    def texts(self, base, text, password):
        """Changes by editors, mail and copying. OpenSSL refuses some of the files that must open."""
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

        accepted = {
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
            "escaped-lf": joined(lines, b"\\n"),
            "escaped-crlf": joined(lines, b"\\r\\n"),
            "blank-line-inside": joined([*lines[:middle], b"", *lines[middle:]]),
        }
        rewrapped = {"60-columns": columns(60), "76-columns": columns(76), "one-line": columns(len(base64_text))}
        if len(headers) == 1:
            accepted |= rewrapped
            # Whitespace before a header would make it a continuation of the previous one.
            only_ours["indented"] = joined([b"    " + content for content in lines])
        else:
            # After headers, OpenSSL reads only lines of 64 characters.
            only_ours |= rewrapped
        for name, variant in accepted.items():
            yield self.opens(f"{base}-{name}", variant, password)
        for name, variant in only_ours.items():
            yield self.opens(f"{base}-{name}", variant, password, openssl_opens=False)

        refused = {
            "cut": text[: len(text) // 2],
            "no-end": joined(lines[:-1]),
            "end-of-another-label": text.replace(end, b"-----END CERTIFICATE-----"),
            "junk-inside": joined([*lines[:middle], b"!" + lines[middle][1:], *lines[middle + 1 :]]),
            "character-missing": joined([*lines[:middle], lines[middle][1:], *lines[middle + 1 :]]),
            "nothing-inside": joined([*headers, end]),
        }
        for name, variant in refused.items():
            yield self.refused(f"{base}-{name}", variant, password, "malformed")

    def not_pem(self):
        files = {
            "empty": b"",
            "blank": b"\n\n",
            "text": b"This is not a key.\n",
            "password": self.password,
            "der": der.from_pem(self.plain),
            "utf-16": self.plain.decode().encode("utf-16"),
            "base64-alone": b"".join(self.plain.splitlines(keepends=True)[1:-1]),
        }
        for name, content in files.items():
            yield self.refused(f"not-pem-{name}", content, None, "not_pem")
