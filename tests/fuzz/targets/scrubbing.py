"""Passwords are taken out on arrival: whatever the bytes, none is left in a column that is called so, and the rest stays."""

import csv
import io

from crescendo.imports import csv_reading
from crescendo.imports.scrubbing import LONGEST_LINE, scrub
from fuzz import promise


def seeds() -> list[bytes]:
    text = "sourcedId,username,password,Old Password\n1,sam,swordfish,\n2,sol,,x\n3,sky\n4,ann,a,b,c\n"
    return [
        text.encode(),
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        text.encode("utf-16-be"),
        b"\xfe\xff" + text.encode("utf-16-be"),
        b'"password"\n"two\nlines"\n',
        b'a,password\n"open,1\n',
        b"a,password\r\n1,2\r\n",
        b"a,b\n1,2\n",
        b"password",
        "é,password\n1,ü\n".encode("cp1252"),
    ]


def try_one(data: bytes) -> None:
    with promise.place() as (came, run):
        raw = promise.put(came, {"users.csv": data})[0]
        kept = scrub(raw.path, "users.csv", run)
        if raw.path.read_bytes() != data:
            raise promise.WroteOutside("what came was changed")
        encoding, _how = csv_reading.find_encoding(kept)
        if encoding == "binary":
            return  # refused by every reader
        body = kept.read_bytes().decode(encoding, "replace")
        try:
            rows = list(csv.reader(io.StringIO(body, newline=""), strict=True))
        except csv.Error:
            return  # refused by every reader
        header = rows[0] if rows else []
        for at, name in enumerate(header):
            if "password" in name.lower() and any(row[at] for row in rows[1:] if at < len(row)):
                raise promise.Lost(f"a password was kept (lines up to {LONGEST_LINE} characters)")
