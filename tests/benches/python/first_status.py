"""The first status of a new process. Prints the id of its response as JSON.

The arguments are the server, and `ours` or the name of a peer. Only that one is imported.
"""

from __future__ import annotations

import importlib
import json
import sys


def main() -> None:
    """Requests the status."""
    server, whose = json.loads(sys.argv[1]), sys.argv[2]
    id: int = server["payouts"][0]
    if whose == "ours":
        response_id = importlib.import_module("ours").connect(server).payouts.status(id=id).id
    else:
        call = importlib.import_module(f"peers.{whose}").connect(server)
        response_id = call("v1/payout/status", {"id": str(id)})["id"]
    print(json.dumps(response_id))


if __name__ == "__main__":
    main()
