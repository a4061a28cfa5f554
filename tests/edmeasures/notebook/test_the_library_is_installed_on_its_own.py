"""The wheel of edmeasures alone: built without a network, without a word of Crescendo, with everything it imports declared."""

import ast
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

import edmeasures

PACKAGE = Path(edmeasures.__file__).parent
ROOT = Path(__file__).resolve().parents[3]
#: Distributions whose import has another name.
IMPORTED_AS = {"scikit-learn": "sklearn"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=PACKAGE, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_library_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"edmeasures", f"edmeasures-{edmeasures.__version__}.dist-info"}
    assert {"edmeasures/py.typed", "edmeasures/catalog/attendance/attendance_rate.sql"} <= set(names)
    assert "edmeasures/catalog/attendance/chronic_absence.spec.md" in names
    assert not [name for name in names if "__pycache__" in name or name == "edmeasures/pyproject.toml"]


def test_it_measures_from_the_wheel_where_neither_the_product_nor_django_can_be_imported(
    wheel: Path, tmp_path: Path
) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    # -S: the editable install of the product is not on the path; libraries are put there by hand, after the wheel.
    code = f"""
import sys
sys.path[:0] = [{str(tmp_path)!r}, {sysconfig.get_path("purelib")!r}]
sys.modules["django"] = sys.modules["crescendo"] = None
import edmeasures as em
from edmeasures import synth
assert em.__file__.startswith({str(tmp_path)!r})
tables = em.load(synth.generate(students=200, seed=1))
found = em.evaluate(tables, school_year=2026, as_of=tables.last_day(2026), indicators=["chronic_absence"])
print(found.groups.num_rows)
"""
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    assert int(done.stdout) > 0


def test_every_import_is_declared_and_nothing_is_asked_for_in_vain() -> None:
    said = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    needed = [*said["dependencies"], *(r for rs in said["optional-dependencies"].values() for r in rs)]
    declared = {re.split(r"[<>=\[ ]", line)[0] for line in needed}
    modules = {IMPORTED_AS.get(name, name) for name in declared}
    imported: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add((node.module or "").split(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"edmeasures"}
    assert foreign - modules == set(), "declare it in src/edmeasures/pyproject.toml"
    everybodys = {re.split(r"[<>=\[ ]", line)[0] for line in said["dependencies"]}
    assert everybodys <= foreign


def test_the_library_and_the_product_ask_for_the_same() -> None:
    of = {
        name: tomllib.loads((folder / "pyproject.toml").read_text())
        for name, folder in (("library", PACKAGE), ("product", ROOT))
    }
    library, product = (
        set(of["library"]["project"]["dependencies"]),
        set(of["product"]["project"]["dependencies"]),
    )
    assert library <= product
    spark = of["library"]["project"]["optional-dependencies"]["spark"]
    pinned = next(line for line in spark if line.startswith("sqlglot"))
    assert pinned in product
    assert metadata.version("sqlglot") == pinned.split("==")[1]


def test_the_licence_is_the_same() -> None:
    assert (PACKAGE / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
