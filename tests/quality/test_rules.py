"""Every rule finds the fault that was planted for it, in its place and number, and finds nothing in a district in order."""

from django.db import transaction
from planted import FAULTS, VALUES, Fault

from cast import AT, ON, Cast
from crescendo.quality import catalogue, checking
from crescendo.quality.models import Check, FoundRow


def test_every_rule_has_a_planted_fault() -> None:
    assert {fault.rule for fault in FAULTS} == set(catalogue.BY_CODE)
    assert {path.stem for path in catalogue.SELECTS.glob("*.sql")} == set(catalogue.BY_CODE) | {"shared"}


def test_a_district_in_order_has_no_problem(clean) -> None:
    assert checking.check_everything(on=ON, at=AT) == 0
    silent = set(catalogue.BY_CODE) - set(Check.objects.filter(checked__gt=0).values_list("rule", flat=True))
    # Twenty students and a matched file are not in the cast; what a rule cannot look at is no pass.
    assert silent == {"attendance_nobody_absent", "ids_unmatched"}
    assert not FoundRow.objects.exists()


def test_every_planted_fault_is_found_in_its_place_and_number(clean) -> None:
    """One district for all of them: each fault is planted, looked for and taken out again."""
    assert {fault.rule: find(clean, fault) for fault in FAULTS} == {
        fault.rule: (fault.failing, fault.checked, AT, True) for fault in FAULTS
    }


def find(cast: Cast, fault: Fault) -> tuple[int, int, object, bool]:
    """How many fail and were looked at in the fault's place, since when, and whether rows say which."""
    with transaction.atomic():
        fault.plant(cast)
        checking.check_rule(catalogue.BY_CODE[fault.rule], VALUES)
        school = cast.organisations[fault.school].pk if fault.school else None
        here = Check.objects.filter(rule=fault.rule, school_id=school)
        since = [one.found_at for one in here if one.failing]
        rows = FoundRow.objects.filter(check_of__in=here).exists()
        counted = sum(one.failing for one in here), sum(one.checked for one in here)
        transaction.set_rollback(True)
    return *counted, since[0] if since else None, rows
