"""The cases of key folders, with the variants of password.txt."""

from common import b64
from key_files import BOM, KeyFiles


class KeyFolders(KeyFiles):
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
                ("the exact password", self.password, opens),
                ("trailing LF", self.password + b"\n", opens),
                ("trailing CRLF", self.password + b"\r\n", opens),
                ("leading BOM", BOM + self.password, opens),
                ("leading BOM and trailing CRLF", BOM + self.password + b"\r\n", opens),
                ("two trailing LF", self.password + b"\n\n", wrong),
                ("trailing CR", self.password + b"\r", wrong),
                ("trailing LF and CR", self.password + b"\n\r", wrong),
                ("leading LF", b"\n" + self.password, wrong),
                ("trailing space", self.password + b" ", wrong),
                ("leading space", b" " + self.password, wrong),
                ("in quotes", b'"' + self.password + b'"', wrong),
                ("in UTF-16", self.password.decode().encode("utf-16"), wrong),
                ("two leading BOM", BOM + BOM + self.password, wrong),
                ("trailing NUL", self.password + b"\0", wrong),
                ("1024 bytes", b"x" * 1024, wrong),
                ("another password", self.wrong_password, wrong),
                ("empty password.txt", b"", needed),
                ("no password.txt", None, needed),
            ):
                yield signing(f"{file}, {variant}", file, password, expect)

        # The ignored bytes may be part of the password, so the unchanged content is tried second.
        for name, password in {"crlf": b"ends in CRLF\r\n", "bom": BOM + b"starts with a BOM"}.items():
            self.once(f"password-{name}", lambda: self.pkcs8("-v2", "aes-256-cbc", password=password))
            yield signing(f"password-{name}, unchanged", f"password-{name}", password, opens)
        yield signing("password-newline, unchanged", "password-newline", b"ends in a newline\n", opens)
        yield signing("password-newline, trailing LF", "password-newline", b"ends in a newline\n\n", opens)
        yield signing("password-newline, without its own LF", "password-newline", b"ends in a newline", wrong)
        yield signing("password-blanks, trailing LF", "password-blanks", b" blanks are part of it \n", opens)
        yield signing("password-latin-1", "password-latin-1", "pässwörd".encode("latin-1"), opens)
        yield signing("password-1023-bytes, trailing LF", "password-1023-bytes", b"x" * 1023 + b"\n", opens)

        for file in ("pkcs8-plain", "pkcs1-plain"):
            yield signing(f"{file}, password.txt ignored", file, self.wrong_password, opens)
            yield signing(f"{file}, empty password.txt ignored", file, b"", opens)
            yield signing(f"{file}, no password.txt", file, None, opens)

        missing, private, public = (
            {"reason": "not_found"},
            {"file": self.path("pkcs8-plain")},
            {"file": self.path("public-spki")},
        )
        yield other("signing", "no folder", None, missing)
        yield other("signing", "empty folder", {}, missing)
        yield other("signing", "password.txt only", {"password.txt": {"bytes": b64(self.password)}}, missing)
        yield other("signing", "public.pem only", {"public.pem": public}, missing)
        yield other("signing", "private.pem is a folder", {"private.pem": "folder"}, {"reason": "unreadable"})
        yield other("signing", "private.pem contains a public key", {"private.pem": public}, {"reason": "wrong_kind"})
        yield other("verifying", "verifying, public.pem", {"public.pem": public}, opens)
        yield other(
            "verifying",
            "verifying, public.pem is a certificate",
            {"public.pem": {"file": self.path("certificate")}},
            opens,
        )
        yield other(
            "verifying",
            "verifying, public.pem contains a private key",
            {"public.pem": private},
            {"reason": "wrong_kind"},
        )
        yield other("verifying", "verifying, private.pem only", {"private.pem": private}, missing)
        yield other(
            "verifying", "verifying, public.pem is a folder", {"public.pem": "folder"}, {"reason": "unreadable"}
        )
        yield other("verifying", "verifying, no folder", None, missing)
