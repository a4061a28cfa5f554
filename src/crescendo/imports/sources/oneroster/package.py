"""What arrived: a ZIP, a folder or loose CSV files. Opened with care, and sorted by the manifest."""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from crescendo.imports import archives
from crescendo.imports.bench import RawFile, Table, Workbench
from crescendo.imports.delivered import Memory

from . import manifest, remembering
from .specification import BY_LOWER, BY_NAME, FILES_11

MOST_MEMBERS = 200
# Of Microsoft School Data Sync; whether they mean anything is for `sds.py` to say.
BESIDE = ("relationships.csv", "userflags.csv")


# Our names and the standard's; a file has one of those that stand side by side.
CALLED = {
    "external_id": ("sourcedId",), "source_key": ("sourcedId",), "parent": ("parentSourcedId",),
    "organisation": ("orgSourcedId", "primaryOrgSourcedId"), "school": ("schoolSourcedId",), "course": ("courseSourcedId",),
    "school_class": ("classSourcedId",), "student": ("studentSourcedId", "userSourcedId"), "staff": ("userSourcedId",),
    "category": ("categorySourcedId",), "session": ("academicSessionSourcedId", "gradingPeriodSourcedId"),
    "item": ("lineItemSourcedId",), "title": ("title",), "begins_on": ("startDate", "beginDate"), "ends_on": ("endDate",),
}  # fmt: skip


@dataclass
class Delivery:
    """The files of a package: version, each file's mode (bulk or delta), and where each is in DuckDB."""

    version: str = "1.2"
    modes: dict[str, str] = field(default_factory=dict)  # orgs.csv -> bulk | delta
    tables: dict[str, Table] = field(default_factory=dict)  # by the standard's file name
    views: dict[str, str] = field(default_factory=dict)  # typed relation by the standard's file name
    headers: dict[str, dict[str, str]] = field(default_factory=dict)  # a file's columns by the standard's
    raw: dict[str, RawFile] = field(default_factory=dict)
    memory: Memory | None = None  # where results were, or will be, read by their difference
    beside: list[RawFile] = field(default_factory=list)  # files that another kind of package may have

    def has(self, name: str) -> bool:
        return name in self.tables

    def called(self, name: str) -> dict[str, str]:
        """What a file calls the columns that are handed over under a name of ours, for what is said about its rows."""
        given = self.headers.get(name, {})
        return {
            ours: found
            for ours, standard in CALLED.items()
            if (found := next(filter(None, map(given.get, standard)), ""))
        }

    def is_bulk(self, name: str) -> bool:
        return self.modes.get(name) == "bulk"


def open_delivery(bench: Workbench, files: list[RawFile]) -> Delivery:
    """Sort the files by name, read the manifest and then the data files."""
    delivery = Delivery()
    manifest_file = _sort(bench, files, delivery)
    bench.stop_on_errors()
    manifest.read(bench, delivery, manifest_file)
    bench.stop_on_errors()
    for name, raw in delivery.raw.items():
        if name != "results.csv":
            delivery.tables[name] = bench.read_csv(raw.path, raw.name)
    bench.stop_on_errors()
    if results := delivery.raw.get("results.csv"):
        delivery.tables["results.csv"] = remembering.read_results(bench, delivery, results)
        bench.stop_on_errors()
    if manifest_file is None:
        manifest.infer(bench, delivery)
    return delivery


def unpack(bench: Workbench) -> list[RawFile]:
    """The files that arrived, out of their archive and without the folder around them."""
    files = [file for file in bench.files if not archives.is_junk(file.name)]
    if len(files) != 1:
        return _without_top_folder(files)
    only = files[0]
    if only.path.stat().st_size == 0:
        bench.error("package.empty", file=only.name, expected="a OneRoster package", received="0 bytes",
                    what_to_do="The file is empty. Export it again.")  # fmt: skip
        return []
    if archives.is_archive(only):
        return _without_top_folder(
            archives.unpack(bench, only, most_members=MOST_MEMBERS, what="OneRoster files")
        )
    if only.name.lower().endswith(".csv"):
        return files
    bench.error("package.not_a_zip", file=only.name, expected="a ZIP archive, a folder, or a CSV file",
                what_to_do="The file is no ZIP, or was cut off. Export it again.")  # fmt: skip
    return []


def _without_top_folder(files: list[RawFile]) -> list[RawFile]:
    """Files that all lie in one folder are as good as files at the root; the finding is the sorter's."""
    tops = {PurePosixPath(file.name).parts[0] for file in files if "/" in file.name}
    if len(tops) == 1 and all("/" in file.name for file in files):
        top = tops.pop()
        return [RawFile(file.name.removeprefix(f"{top}/"), file.path) for file in files]
    return files


def _sort(bench: Workbench, files: list[RawFile], delivery: Delivery) -> RawFile | None:
    """Data files by the standard's name; the manifest apart; what is unknown is said."""
    found = None
    for raw in sorted(files, key=lambda one: one.name):
        lower = raw.name.lower()
        if lower in BESIDE and not bench.strict:
            delivery.beside.append(raw)
            continue
        exact = raw.name in BY_NAME or raw.name == "manifest.csv"
        if (bench.strict and not exact) or (lower != "manifest.csv" and lower not in BY_LOWER):
            if bench.strict or lower.endswith(".csv"):
                (bench.error if bench.strict else bench.notice)(
                    "package.unknown_file", file=raw.name, expected="a file of the standard",
                    what_to_do="The file was not read. Check its name.",
                )  # fmt: skip
            continue
        if lower == "manifest.csv":
            found = raw
        else:
            delivery.raw[BY_LOWER[lower].name] = raw
            if not exact:
                bench.notice(
                    "package.file_name_case",
                    file=raw.name,
                    expected=BY_LOWER[lower].name,
                    what_to_do="Read all the same.",
                )
    order = list(BY_NAME)
    delivery.raw = dict(sorted(delivery.raw.items(), key=lambda item: order.index(item[0])))
    if not delivery.raw and found is None:
        bench.error("package.missing_manifest", file=bench.files[0].name if bench.files else "", expected="manifest.csv and data files",
                    what_to_do="No OneRoster file was found. Check what was exported.")  # fmt: skip
    return found


__all__ = ["FILES_11", "Delivery", "Path", "open_delivery", "unpack"]
