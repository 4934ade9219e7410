"""Minimal DER and PEM, to change a field of a key file. A node is [tag, bytes], or [tag, [node, …]] if constructed."""

import base64
import re

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30


def decode(data):
    node, rest = take(data)
    assert not rest, "trailing bytes"
    return node


def take(data):
    tag, length, start = data[0], data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start])
    content, rest = data[start : start + length], data[start + length :]
    if not tag & 0x20:
        return [tag, content], rest
    children = []
    while content:
        child, content = take(content)
        children.append(child)
    return [tag, children], rest


def encode(node):
    tag, content = node
    if isinstance(content, list):
        content = b"".join(map(encode, content))
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def at(node, *path):
    for index in path:
        node = node[1][index]
    return node


def integer(number):
    return [INTEGER, number.to_bytes(number.bit_length() // 8 + 1)]


def number(node):
    return int.from_bytes(node[1], signed=True)


def sequence(*nodes):
    return [SEQUENCE, list(nodes)]


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.insert(0, 0x80 | arc & 0x7F)
        content += bytes(groups)
    return [OID, content]


def from_pem(text):
    """The bytes of the first PEM block."""
    return base64.b64decode(re.search(rb"-----BEGIN [^-]+-----(.*?)-----END", text, re.DOTALL)[1])


def to_pem(label, data, columns=64):
    body = base64.b64encode(data).decode()
    lines = [body[start : start + columns] for start in range(0, len(body), columns)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()
