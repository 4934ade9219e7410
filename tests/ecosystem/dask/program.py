"""Reads the statuses of the orders of the command line."""

import json
import sys

import counted
import statuses

if __name__ == "__main__":
    statuses.read = counted.read
    print(json.dumps(statuses.read_all(sys.argv[1:])))
