"""Which of the files that came is which of a mapping's, told by their names."""

from collections.abc import Iterable
from fnmatch import fnmatch
from typing import Protocol, TypeVar

from .shapes import TableMapping


class Named(Protocol):
    """A file that was received, by the name it came under."""

    @property
    def name(self) -> str: ...


File = TypeVar("File", bound=Named)


def match_files(files: Iterable[File], mapping: TableMapping) -> dict[str, File]:
    """Which delivered file is which of the mapping's: by its name, or because there is only one of each."""
    files = [file for file in files if not file.name.rsplit("/", 1)[-1].startswith(".")]
    found: dict[str, File] = {}
    for spec in mapping.files.values():
        for file in files:
            short = file.name.rsplit("/", 1)[-1].lower()
            if any(fnmatch(short, pattern.strip().lower()) for pattern in spec.pattern.split(",")):
                found.setdefault(spec.name, file)
    if not found and len(files) == 1 and len(mapping.files) == 1:
        found[next(iter(mapping.files))] = files[0]
    return found
