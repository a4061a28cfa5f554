"""Writing a district to disk: the OneRoster package, the extracts, and what was planted."""

import json
from pathlib import Path

from ..writing import write as write_table
from .district import District
from .extracts import write_extracts
from .oneroster import write_oneroster


def write(district: District, folder: Path | str) -> dict[str, int]:
    """Write `oneroster/*.csv`, `extracts/*.csv` and `truths.json` into `folder`. Returns the rows of each file."""
    target = Path(folder)
    rows = {
        f"oneroster/{name}": count for name, count in write_oneroster(district, target / "oneroster").items()
    }
    rows |= {
        f"extracts/{name}": count for name, count in write_extracts(district, target / "extracts").items()
    }
    (target / "truths.json").write_text(
        json.dumps(summary(district), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return rows


def write_tables(district: District, folder: Path | str) -> dict[str, int]:
    """Write the tables that measures read as `<table>.parquet`, as `edmeasures.load(folder)` takes them."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, table in district.tables.items():
        write_table(table, target / f"{name}.parquet")
    return {f"{name}.parquet": table.num_rows for name, table in district.tables.items()}


def summary(district: District) -> dict[str, object]:
    """How the district was made, what was planted, and who the cast is."""
    return {
        "students": district.size,
        "seed": district.seed,
        "as_of": district.as_of.isoformat(),
        "school_years": list(district.school_years),
        "truths": district.truths.as_data(),
        "cast": [
            {
                "key": member.key,
                "given_name": member.given_name,
                "family_name": member.family_name,
                "sourced_id": member.sourced_id,
                "entity": member.entity,
                "role": member.role,
                "oneroster_role": member.oneroster_role,
                "organisation": member.organisation_sourced_id,
            }
            for member in district.cast
        ],
    }
