"""The provider's Python sample as a JSON-lines program. tests/README.md documents the protocol."""

import base64
import json
import platform
import sys
from pathlib import Path

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

DIGESTS = {"sha1": hashes.SHA1, "sha256": hashes.SHA256}


def main():
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            handler = VERBS.get(request.pop("do"))
            response = {"ok": handler(**request)} if handler else {"error": {"class": "UnknownVerb"}}
        except Exception as error:
            response = {"error": {"class": type(error).__name__, "message": str(error)}}
        print(json.dumps(response), flush=True)


def hello():
    return {"language": "python", "version": platform.python_version(), "verbs": list(VERBS)}


def sign(key, body, digest):
    return signature(base64.b64decode(body), key, digest)


def send(url, account, key, digest, data, ca_file=None):
    # The sample's separators, ", " and ": ", are the defaults of json.dumps.
    body = json.dumps(data).encode()
    headers = {"Content-Type": "application/json", "Account": account, "Sign": signature(body, key, digest)}
    with requests.Session() as session:
        # The server is on this machine, so no proxy of the environment applies.
        session.trust_env = False
        response = session.post(
            url, data=body, headers=headers, verify=ca_file or True, timeout=30, allow_redirects=False
        )
    return {"status": response.status_code, "body": base64.b64encode(response.content).decode()}


def signature(body, folder, digest):
    password = Path(folder, "password.txt").read_bytes().strip()
    key = serialization.load_pem_private_key(Path(folder, "private.pem").read_bytes(), password)
    return base64.b64encode(key.sign(body, padding.PKCS1v15(), DIGESTS[digest]())).decode()


VERBS = {"hello": hello, "sign": sign, "send": send}

if __name__ == "__main__":
    main()
