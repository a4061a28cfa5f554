"""ZIP archives: paths that lead out, links, bombs, passwords, damage. What is unpacked lies in the run's folder."""

import io
import struct
import zipfile

from crescendo.imports import archives
from crescendo.imports.bench import Workbench
from crescendo.imports.scrubbing import scrub
from fuzz import promise


def zipped(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED, link: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in members.items():
            about = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            about.compress_type = how
            if name == link:
                about.external_attr = 0o120777 << 16
            archive.writestr(about, content)
    return out.getvalue()


def seeds() -> list[bytes]:
    users = b"sourcedId,password\n1,secret\n"
    plain = zipped({"orgs.csv": b"sourcedId\nd\n", "users.csv": users})
    lies = bytearray(zipped({"orgs.csv": b"0" * 5000}))
    at = lies.find(b"PK\x01\x02")
    lies[at + 24 : at + 28] = struct.pack("<I", 10)
    locked = bytearray(plain)
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    return [
        plain,
        bytes(lies),
        bytes(locked),
        zipped({"../../orgs.csv": b"a"}),
        zipped({"/etc/x.csv": b"a"}),
        zipped({"c:\\x.csv": b"a"}),
        zipped({"orgs.csv": b"/etc/passwd"}, link="orgs.csv"),
        zipped({"in.zip": zipped({"a": b"b"})}),
        zipped({"a.csv": b"1", "A.csv": b"2"}),
        zipped({"__MACOSX/x": b"a", "x/": b"", "x/users.csv": users}),
        zipped({"orgs.csv": b"a" * 300}, zipfile.ZIP_STORED),
        zipped({"orgs.csv": b"a" * 300}, zipfile.ZIP_BZIP2),
        zipped({"orgs.csv": b"a" * 300}, zipfile.ZIP_LZMA),
        plain[:-30],
        plain[:60],
        zipped({"Ä/ö.csv": b"a"}),
        zipped({f"{n}.csv": b"" for n in range(9)}),
    ]


def _unpack(bench: Workbench) -> None:
    packed = bench.files[0]
    scrubbed = bench.folder / "scrubbing"
    scrubbed.mkdir()
    scrub(packed.path, packed.name, scrubbed)
    if not archives.is_archive(packed):
        return
    for raw in archives.unpack(bench, packed, most_members=8, what="files"):
        if raw.path.parent != bench.folder or raw.path.is_symlink() or not raw.path.is_file():
            raise promise.WroteOutside(f"a member became {raw.path.name}")


def try_one(data: bytes) -> None:
    promise.keep(_unpack, {"x.zip": data})
