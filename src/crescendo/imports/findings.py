"""What is wrong or worth knowing about a file, in words that say what to do; never with a person's data."""

import re
from dataclasses import dataclass

ERROR, ROW, NOTICE = "error", "row", "notice"


@dataclass(frozen=True)
class Found:
    """A finding before it is stored. `received` is already masked."""

    code: str
    severity: str
    file: str = ""
    row: int | None = None
    column: str = ""
    expected: str = ""
    received: str = ""
    what_to_do: str = ""
    count: int = 1


class Refused(Exception):
    """The files cannot be used. The findings say why; nothing was changed."""


# Columns of the OneRoster standard whose values describe structure, not a person: shown as they came, since that is
# what helps. In a table of somebody's own, a column of the same name may hold anything: see `Workbench.open_columns`.
OPEN_COLUMNS = frozenset(
    [
        "status",
        "type",
        "classtype",
        "role",
        "roletype",
        "scorestatus",
        "importance",
        "source",
        "mode",
        "schoolyear",
        "enableduser",
        "primary",
        "propertyname",
        "value",
        "header",
        "sex",
        "credentialtype",
        "profiletype",
        "category",
    ]
)


def mask(value: object, column: str = "", open_columns: frozenset[str] = OPEN_COLUMNS) -> str:
    """A value's shape without its content: letters become x, digits 9. Structural columns are shown as they are.

    >>> mask("31/02/2012")
    '99/99/9999'
    >>> mask("Ann O'Neil", "givenName")
    "xxx x'xxxx"
    """
    if value is None:
        return ""
    if "password" in column.lower():
        return "(not shown)"
    text = re.sub(r"\s+", " ", str(value))[:40]
    if column.lower() in open_columns:
        return text
    return re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", text))
