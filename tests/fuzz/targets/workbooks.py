"""Excel workbooks, read by calamine: a ZIP of XML. The parts are mutated one by one, and packed again."""

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import table
from fuzz import promise
from fuzz.targets.archives import zipped
from fuzz.targets.tables import HEADER, MAPPING, ROWS

PARTS = (
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
)
OPEN = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _cell(place: str, value: str) -> str:
    if value.replace(".", "", 1).isdigit():
        return f'<c r="{place}"><v>{value}</v></c>'
    if value.startswith("2026-"):
        return f'<c r="{place}" s="1"><v>46091</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def _sheet(rows: list[list[str]]) -> str:
    lines = "\n".join(
        f'<row r="{number}">'
        + "".join(_cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return f'{OPEN}<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _book(sheet: str) -> dict[str, str]:
    return {
        "[Content_Types].xml": f'{OPEN}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',  # noqa: E501
        "_rels/.rels": f'{OPEN}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',  # noqa: E501
        "xl/workbook.xml": f'{OPEN}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Scores" sheetId="1" r:id="r1"/></sheets></workbook>',  # noqa: E501
        "xl/_rels/workbook.xml.rels": f'{OPEN}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{OFFICE}/styles" Target="styles.xml"/><Relationship Id="r3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',  # noqa: E501
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": f'{OPEN}<sst xmlns="{MAIN}"><si><t>shared</t></si></sst>',
        "xl/styles.xml": f'{OPEN}<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>',  # noqa: E501
    }


def _joined(book: dict[str, str]) -> bytes:
    return "".join(f"== {name}\n{content}\n" for name, content in book.items()).encode()


def seeds() -> list[bytes]:
    rows = [HEADER.split(","), *(row.replace('"1.234,5"', "210").split(",") for row in ROWS)]
    sheet = _sheet(rows)
    odd = sheet.replace("<v>210</v>", "<f>1/0</f><v>#DIV/0!</v>", 1).replace('r="2"', 'r="1048576"', 1)
    return [
        _joined(_book(sheet)),
        _joined(_book(odd)),
        _joined(_book(_sheet([]))),
        _joined(_book(sheet.replace('s="1"', 's="9"'))),
        _joined(_book(sheet.replace("<v>46091</v>", "<v>1e300</v>"))),
        _joined(_book(sheet.replace('s="1"', 't="s"'))),
        _joined(_book(sheet.replace('s="1"><v>46091</v>', 't="b"><v>1</v>'))),
        _joined(_book(sheet.replace('"A1"', '"XFD1048576"'))),
        _joined(_book(sheet.replace('s="1"><v>46091</v>', 's="1"><v>-700000.5</v>'))),
    ]


def _stage(bench: Workbench) -> None:
    table.stage(bench)


def try_one(data: bytes) -> None:
    parts = promise.parts_of(data, PARTS)
    promise.keep(_stage, {"scores.xlsx": zipped(parts)}, options={"mapping": MAPPING})
