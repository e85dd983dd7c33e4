"""As much of `curl` as the documents use, for a machine that has none: -s -N -i -X -H -d --data-binary -o."""

from __future__ import annotations

import argparse
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit


def main(words: list[str]) -> None:
    """Makes the call; writes what is answered to standard output or a file."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("address")
    parser.add_argument("-s", "-N", action="store_true", dest="quiet")
    parser.add_argument("-i", action="store_true", dest="head")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", action="append", default=[], dest="headers")
    parser.add_argument("-d", "--data-binary", dest="data")
    parser.add_argument("-o", dest="output", type=Path)
    given = parser.parse_args(words)
    address = urlsplit(given.address)
    connection = HTTPConnection(address.netloc)
    path = address.path + (f"?{address.query}" if address.query else "")
    headers = dict(line.split(": ", 1) for line in given.headers)
    method = given.method or ("GET" if given.data is None else "POST")
    connection.request(method, path, None if given.data is None else _content(given.data), headers)
    answer = connection.getresponse()
    content = answer.read()
    if given.head:
        lines = "".join(f"{name}: {value}\r\n" for name, value in answer.getheaders())
        content = f"HTTP/1.1 {answer.status} {answer.reason}\r\n{lines}\r\n".encode() + content
    if given.output:
        given.output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)


def _content(data: str) -> bytes:
    """The text itself, or with @ what a file or standard input holds."""
    if not data.startswith("@"):
        return data.encode()
    return sys.stdin.buffer.read() if data == "@-" else Path(data[1:]).read_bytes()


if __name__ == "__main__":
    main(sys.argv[1:])
