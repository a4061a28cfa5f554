"""The vendors' files: by which mapping each is read, what a person has to add, and the ids that its students have."""

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class VendorFile:
    """A real file, its mapping, and the answers that its mapping asks for."""

    path: str
    mapping: str
    answers: dict[str, str] = field(default_factory=dict)
    alone: bool = True  # False: one file of a delivery of several, sent as its folder


def _assessment(path: str, mapping: str, **answers: str) -> VendorFile:
    return VendorFile(f"interop/assessments/{path}", mapping, answers)


ACCESS, SAT, CBM = (
    "ACCESS/",
    "PSAT_SAT/sample_anonymized_file_",
    "FastBridge_CBMreading/sample_anonymized_file_fastbridge_",
)
CONTOSO = {"section_share": "0.1667", "marks_year": "2020"}
FILES = (
    _assessment(ACCESS + "2021_to_2025_sample_anonymized_file_ACCESS.csv", "wida-access"),
    _assessment(ACCESS + "sample_anonymized_file_ACCESS.csv", "wida-access"),
    _assessment(ACCESS + "2021_to_2025_sample_anonymized_file_Alternate_ACCESS.csv", "wida-alternate-access"),
    _assessment(
        ACCESS + "sample_anonymized_file_alternate_Alternate_ACCESS.csv", "wida-alternate-access-2024"
    ),
    _assessment("ACT/sample_anonymized_file.csv", "act"),
    _assessment("AP/SAMPLE_AP_2324.csv", "ap"),
    _assessment("Beacon/sample_anonymized_file_24_25.csv", "beacon"),
    _assessment("Beacon/sample_anonymized_file.csv", "beacon"),
    _assessment("Beacon/sample_anonymized_file_25_26.csv", "beacon"),
    _assessment("CIRCLE/sample_anonymized_file.csv", "circle"),
    _assessment("CMAS/sample_anonymized_file.csv", "cmas"),
    _assessment("Dibels_8_Benchmark/sample_anonymized_file.csv", "dibels-8"),
    _assessment("FastBridgeCAT/fake_aMath.csv", "fastbridge-cat"),
    _assessment("FastBridgeCAT/sample_anonymized_aMath.csv", "fastbridge-cat"),
    _assessment("FastBridgeCAT/sample_anonymized_aReading.csv", "fastbridge-cat"),
    _assessment(CBM + "cbmreading.csv", "fastbridge-cbm"),
    _assessment(CBM + "comprehension_question.csv", "fastbridge-cbm"),
    _assessment(CBM + "comprehension_recall.csv", "fastbridge-cbm"),
    _assessment("Fountas_and_Pinnell/sample_anonymized_file_FnP.csv", "fountas-pinnell"),
    _assessment("GOLD/sample_anonymized_file.csv", "gold"),
    _assessment("IB/sample_anonymized_file.csv", "ib"),
    _assessment("IN_ILEARN/ilearn_sample_data.csv", "ilearn", test_day="2025-05-09"),
    _assessment("IN_ILEARN/ilearn_checkpoint_sample_data.csv", "ilearn", test_day="2025-10-03"),
    _assessment("KRA/KRA_sample_file_deidentified.csv", "kra"),
    _assessment("KRA/KRA_sample_file_deidentified_new.csv", "kra-2025", test_day="2025-10-01"),
    _assessment("MAP_Growth/sample_anonymized_file.csv", "map-growth"),
    _assessment("Missouri_Assessment_Program/sample_anonymized_file.txt", "missouri-map"),
    _assessment("MVPA/sample_anonymized_file.csv", "mvpa"),
    _assessment(SAT + "psat_89.csv", "psat-8-9"),
    _assessment(SAT + "psat_10.csv", "psat-10"),
    _assessment(SAT + "psat_nmsqt.csv", "psat-nmsqt"),
    _assessment(SAT + "sat.csv", "sat"),
    _assessment("SC_READY/sample_anonymized_file.csv", "sc-ready"),
    _assessment("STAMP/anonymized_sample_file.csv", "stamp"),
    _assessment("STAR/SR_sample_anonymized_file.csv", "star-reading"),
    _assessment("STAR/SR_Dashboard_Standards_v2_sample_anonymized_file.csv", "star-standards"),
    _assessment("STAR/SR_SkillArea_v1_sample_anonymized_file.csv", "star-skill-areas"),
    _assessment("WIN/sample_anonymized_file.csv", "win"),
    VendorFile("interop/sis-exports/contoso-sis/day1", "contoso-sis", CONTOSO, alone=False),
    VendorFile("interop/sis-exports/contoso-sis/day2", "contoso-sis", CONTOSO, alone=False),
    VendorFile("interop/sis-exports/contoso-sis/metadata.csv", "contoso-sis", CONTOSO),
    VendorFile("interop/lms/canvas-oea", "canvas", alone=False),
    VendorFile("interop/lms/schoology", "schoology", {"school_year": "2021"}, alone=False),
)

# Every id that stands in a column of student ids of these files: they are made up by the publishers.
IDS = (
    *(str(n) for n in range(604800, 605999)),
    *(str(n) for n in range(1, 11)),
    *(str(n) for n in range(12345, 12355)),
    *(str(n) for n in range(10001, 10006)),
    *(str(n) for n in range(111111, 111125)),
    *(str(n) for n in range(1000000, 9000001, 1000000)),
)


def expected_rows(samples: Path) -> dict[str, int]:
    """How many rows the publishers' files have, by path below `interop`."""
    counted = json.loads((samples / "interop" / "expectations.json").read_text())
    return {
        path: one.get("rows", one.get("jsonl_records"))
        for path, one in counted.items()
        if isinstance(one, dict)
    }
