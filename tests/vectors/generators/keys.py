"""keys.json and keys/matrix: every kind of key file that must open, and those that must be refused with a reason."""

from common import b64
from key_folders import KeyFolders
from private_keys import PrivateKeys
from public_keys import PublicKeys
from signing import STATUS

MADE_BY = (
    "Files by OpenSSL and PHP's openssl_pkey_export, with the key keys/rsa2048 unless the name says otherwise. A few PBES2 files are"
    " assembled from Python's hashlib and `openssl enc`, because the command line of OpenSSL 3.0 lacks the options. Text variants and"
    " corrupted files are derived from these files by the scripts in generators/. OpenSSL opens every file that must open, with the"
    " same public key, except where `openssl` is false. `file` is relative to tests/vectors, and `password` is base64. `expect` contains"
    " either `opens`, a name in `keys`, or the `reason` of the KeyLoadError. A private key that opens makes the `signatures` of `body`,"
    " and a public one verifies them. In `folders`, `folder` is the content of a new folder by file name: a `file` of these vectors,"
    " `bytes` in base64, or a folder in place of the file; null is a folder that does not exist. `key` is the purpose of loading it:"
    " signing or verifying."
)


class Matrix(PrivateKeys, PublicKeys, KeyFolders):
    """All cases."""


def generate(results):
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
