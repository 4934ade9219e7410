"""The files of keys/matrix, and the cases of single files."""

import hashlib
import itertools

import der
from common import VECTORS, b64, openssl, php
from signing import DIGESTS, STATUS, password_of, private_of

# Non-ASCII bytes and a space show whether a password is used unchanged.
PASSWORD = "pässwörd ✓ 42".encode()
WRONG = b"wrong"
LEGACY = ("-provider", "legacy", "-provider", "default")
BOM = b"\xef\xbb\xbf"
# Bytes around the password in password.txt that are ignored.
AROUND = {
    "trailing LF": (b"", b"\n"),
    "trailing CRLF": (b"", b"\r\n"),
    "leading BOM": (BOM, b""),
    "leading BOM and trailing CRLF": (BOM, b"\r\n"),
}


def decrypted(name):
    return openssl("pkcs8", "-topk8", "-nocrypt", "-in", private_of(name), password=password_of(name))


class KeyFiles:
    def __init__(self, results, password=PASSWORD, wrong_password=WRONG):
        self.results = results
        self.password = password
        self.wrong_password = wrong_password
        self.keys = {}
        # The key in nearly every file, without a password.
        self.plain = decrypted("rsa2048")
        self.pkcs1 = openssl("rsa", "-traditional", stdin=self.plain)
        self.public = openssl("pkey", "-pubout", stdin=self.plain)
        self.add_key("rsa2048", "pkcs8-plain", self.plain)

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
                password=self.password if password is None else password,
            )
            assert hashlib.sha256(spki).hexdigest() == self.keys[key]["spki_sha256"], f"{file} contains another key"
        return self.case(file, text, password, {"opens": key}, variant) | ({} if openssl_opens else {"openssl": False})

    def refused(self, file, text, password, reason, variant=None):
        return self.case(file, text, password, {"reason": reason}, variant)

    def case(self, file, text, password, expect, variant):
        name = file if variant is None else f"{file}, {variant}"
        return {"name": name, "file": self.derived(file, text), "password": b64(password), "expect": expect}

    def encrypted(self, file, generate):
        """A file that opens with its password and with no other."""
        text = self.once(file, generate)
        yield self.opens(file, text, self.password)
        yield self.refused(file, text, self.wrong_password, "wrong_password", "wrong password")
        yield self.refused(file, text, None, "needs_password", "no password")
        yield self.refused(file, text, b"", "needs_password", "empty password")

    def patched_kdf(self, file, base, path, value):
        return self.patched(file, base, (path, der.integer(value)))

    def patched(self, file, base, *changes):
        tree = der.decode(der.from_pem(self.read(base)))
        for path, node in changes:
            der.at(tree, *path)[:] = node
        return self.refused(file, der.to_pem("ENCRYPTED PRIVATE KEY", der.encode(tree)), self.password, "unsupported")

    def false_padding(self, file, key_of, data):
        for counter in itertools.count():
            password = f"wrong {counter}".encode()
            # The previous block is the IV of the last one.
            options = ("-K", key_of(password).hex(), "-iv", data[-32:-16].hex())
            last = openssl("enc", "-d", "-aes-256-cbc", "-nopad", *options, stdin=data[-16:])
            if 1 <= last[-1] <= 16 and last.endswith(last[-1:] * last[-1]):
                return self.refused(file, self.read(file), password, "wrong_password", "wrong password, valid padding")

    # Files ---------------------------------------------------------------------------------------------------------------

    def path(self, name):
        return f"keys/matrix/{name}.pem"

    def read(self, name):
        return (VECTORS / self.path(name)).read_bytes()

    def once(self, name, generate):
        return self.results.once(self.path(name), generate)

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
        return openssl(
            "pkcs8", *LEGACY, "-topk8", *options, stdin=key or self.plain, new_password=password or self.password
        )

    def dek(self, cipher):
        return openssl("rsa", *LEGACY, "-traditional", cipher, stdin=self.plain, new_password=self.password)

    def dek_parts(self, name):
        text = self.read(name)
        headers, body = text.split(b"\n\n")
        iv = bytes.fromhex(headers.rpartition(b",")[2].decode())
        return iv, der.from_pem(b"-----BEGIN X-----\n" + body)

    def from_php(self, password, cipher=None):
        return php("export.php", {"key": self.plain.decode(), "password": b64(password), "cipher": cipher}).encode()

    def own_pbes2(self, prf="1.2.840.113549.2.9", hash="sha256", key_length=False):
        """PBES2 with AES-256-CBC and 2048 iterations, assembled by hand with a fixed salt and IV."""
        salt, iv = bytes(range(16)), bytes(range(16, 32))
        key = hashlib.pbkdf2_hmac(hash, self.password, salt, 2048, 32)
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
        """The key in PKCS#1 form with one number increased by two, so that it stays odd."""
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
