"""The 24 conformance packages are accepted or refused in strict mode as their index says."""

import json
import os
from pathlib import Path

import pytest

import packages
from crescendo.imports import queries

pytestmark = [pytest.mark.samples, pytest.mark.django_db(transaction=True)]
INDEX = Path(
    os.environ.get("CRESCENDO_SAMPLES", Path(__file__).resolve().parents[4] / "shared" / "data"),
    "interop/oneroster/csv-1.2.1-conformance/index.json",
)
CASES = json.loads(INDEX.read_text()) if INDEX.is_file() else [{"file": "absent", "expect": "ok"}]


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_a_package_is_judged_as_the_index_says(case: dict[str, str], samples: Path) -> None:
    before = packages.dump()
    run = packages.bring_in(samples / "interop/oneroster/csv-1.2.1-conformance" / case["file"], strict=True)
    if case["expect"] == "ok":
        assert run.state == "applied"
        return
    assert run.state == "refused"
    assert set(case["codes"]) <= packages.codes(run)
    assert packages.dump() == before
    if "sourceFile" in case:
        errors = [(f.file, f.row, f.column) for f in queries.list_findings(run) if f.severity == "error"]
        assert errors == [(case["sourceFile"], case["row"], case["field"])]
