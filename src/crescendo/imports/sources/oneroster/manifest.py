"""The manifest: which version, which files, and whether each is the whole truth (bulk) or what changed (delta)."""

from typing import TYPE_CHECKING

from crescendo.imports.bench import RawFile, Workbench

from .specification import FILES

if TYPE_CHECKING:
    from .package import Delivery

MODES = ("absent", "bulk", "delta")
KNOWN = ("manifest.version", "oneroster.version", "source.systemName", "source.systemCode")


def read(bench: Workbench, delivery: "Delivery", raw: RawFile | None) -> None:
    """Take version and modes from the manifest, and say where it and the files disagree."""
    if raw is None:
        if bench.strict:
            bench.error("package.missing_manifest", expected="manifest.csv", what_to_do="Add the manifest.")
        else:
            bench.notice("package.missing_manifest", expected="manifest.csv",
                         what_to_do="Version and mode were told from the files themselves.")  # fmt: skip
        return
    table = bench.read_csv(raw.path, raw.name)
    bench.stop_on_errors()
    columns = [column.lower() for column in table.columns]
    if columns[:2] != ["propertyname", "value"] or (
        bench.strict and table.header != ("propertyName", "value")
    ):
        bench.error("manifest.invalid_header", file=raw.name, row=1, expected="propertyName,value",
                    what_to_do="Write the manifest as the standard says.")  # fmt: skip
        return
    rows = bench.db.execute(
        f'SELECT _row, "{table.columns[0]}", "{table.columns[1]}" FROM {table.relation} ORDER BY _row'
    ).fetchall()
    bench.keep_only(raw.name, f"SELECT _row FROM {table.relation}")
    properties = _properties(bench, raw.name, rows)
    _take_version(bench, delivery, raw.name, properties)
    bench.stop_on_errors()
    _take_modes(bench, delivery, raw.name, properties)


def _properties(
    bench: Workbench, name: str, rows: list[tuple[int, str | None, str | None]]
) -> dict[str, tuple[int, str]]:
    properties: dict[str, tuple[int, str]] = {}
    for row, key, value in rows:
        if not key:
            continue
        if key in properties:
            (bench.error if bench.strict else bench.notice)(
                "manifest.duplicate_property", file=name, row=row, column="propertyName", received=key,
                expected="each property once", what_to_do="The first one counts.",
            )  # fmt: skip
            continue
        properties[key] = (row, value or "")
    return properties


def _take_version(
    bench: Workbench, delivery: "Delivery", name: str, properties: dict[str, tuple[int, str]]
) -> None:
    row, own = properties.get("manifest.version", (None, ""))
    if own != "1.0" and (bench.strict or own not in {"1", ""}):
        bench.error("manifest.invalid_value" if own else "manifest.missing_property", file=name, row=row, column="value",
                    received=own, expected="manifest.version 1.0", what_to_do="Write 1.0.")  # fmt: skip
    row, version = properties.get("oneroster.version", (None, ""))
    if version in {"1.1", "1.2"}:
        delivery.version = version
    elif not bench.strict and version in {"1.2.1", "1.2.0", "1.1.1", "1.1.0"}:
        delivery.version = version[:3]
    else:
        bench.error("manifest.invalid_value" if version else "manifest.missing_property", file=name, row=row,
                    column="value", received=version, expected="oneroster.version 1.1 or 1.2",
                    what_to_do="Only versions 1.1 and 1.2 are read.")  # fmt: skip


def _take_modes(
    bench: Workbench, delivery: "Delivery", name: str, properties: dict[str, tuple[int, str]]
) -> None:
    problem = bench.error if bench.strict else bench.notice
    of_version = {f"file.{file.name[:-4]}": file for file in FILES if file.v11 or delivery.version == "1.2"}
    every = {f"file.{file.name[:-4]}": file.name for file in FILES}
    for key, (row, _) in properties.items():
        if key not in KNOWN and key not in (of_version if bench.strict else every):
            problem("manifest.unknown_property", file=name, row=row, column="propertyName", received=key,
                    expected="a property of the standard", what_to_do="It was ignored.")  # fmt: skip
    for key, file in every.items():
        row, mode = properties.get(key, (None, None))
        present = file in delivery.raw
        if mode is None and key in of_version and bench.strict:
            problem("manifest.missing_property", file=name, column="propertyName", received=key, expected=key,
                    what_to_do="Add the property.")  # fmt: skip
        mode = (mode or "").strip().lower() if mode is not None else ""
        if mode and mode not in MODES:
            problem("manifest.invalid_value", file=name, row=row, column="value", received=mode,
                    expected="absent, bulk or delta", what_to_do="The file was taken as changes only.")  # fmt: skip
            mode = "delta"
        if present and mode == "absent":
            problem("manifest.file_unexpected", file=name, row=row, column="value", received=mode,
                    expected=f"bulk or delta: {file} is there", what_to_do="The file was not read. Correct the manifest.")  # fmt: skip
            del delivery.raw[file]
        elif present:
            if not mode:
                bench.notice("manifest.mode_missing", file=name, row=row, received=key, expected="bulk or delta",
                             what_to_do="The mode was told from the rows.")  # fmt: skip
            delivery.modes[file] = mode or "infer"
        elif mode in {"bulk", "delta"}:
            problem("manifest.file_missing", file=name, row=row, column="value", received=mode,
                    expected=f"{file} in the package", what_to_do="Add the file, or write absent.")  # fmt: skip


def infer(bench: Workbench, delivery: "Delivery") -> None:
    """Without a manifest: the version from the headers."""
    headers = {name: {column.lower() for column in table.columns} for name, table in delivery.tables.items()}
    if "roles.csv" in headers or "primaryorgsourcedid" in headers.get("users.csv", set()):
        delivery.version = "1.2"
    elif "users.csv" in headers or "classes.csv" in headers:
        delivery.version = "1.1"
    elif "academicsessionsourcedid" in headers.get("lineItems.csv", set()):
        delivery.version = "1.2"
    else:
        delivery.version = "1.1" if "gradingperiodsourcedid" in headers.get("lineItems.csv", set()) else "1.2"
    bench.notice("manifest.version_inferred", expected="manifest.csv", received=delivery.version,
                 what_to_do="Add a manifest if this is wrong.")  # fmt: skip
    for name in delivery.raw:
        delivery.modes.setdefault(name, "infer")


def infer_mode(bench: Workbench, relation: str) -> str:
    """Every row says when it changed: only changes were sent. Otherwise the file is the whole truth."""
    total, dated = bench.db.execute(
        f'SELECT count(*), count(*) FILTER ("status" IS NOT NULL AND "dateLastModified" IS NOT NULL) FROM {relation}'
    ).fetchone()
    return "delta" if total and total == dated else "bulk"
