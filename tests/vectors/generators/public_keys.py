"""The cases of public key files."""

import der
from common import openssl
from key_files import BOM, KeyFiles


class PublicKeys(KeyFiles):
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
        yield opens("public-escaped-lf", self.public.replace(b"\n", b"\\n"))
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
        yield refused("public-utf-16", self.public.decode().encode("utf-16"), "not_pem")
