"""What the column `with` of the matrix may name: a person or place of the cast, or something made for the purpose.

`student_id=sam` puts Sam's id into the address. Add an entry to MADE for things that the cast does not have.
"""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

from cast import AT, ON, Cast
from crescendo.api.models import Client
from crescendo.coaching import actions as coaching
from crescendo.coaching.models import Agreement
from crescendo.comms import actions
from crescendo.comms.models import Delivery
from crescendo.identity.models import Merge, Proposal
from crescendo.imports.models import ImportRun, Source
from crescendo.quality.models import Check
from crescendo.support import actions as support
from crescendo.support.models import SupportPlan
from crescendo.years.models import Turn
from supported import open_for_sam


def tess_message(cast: Cast) -> int:
    """A message in Tess's inbox, and in nobody else's."""
    tess = cast.users["tess"]
    actions.tell(kind="comms.greeting", arguments={"users": [tess.pk]}, by=tess, at=AT)
    while actions.address_next_entry(at=AT, on=ON):
        pass
    return Delivery.objects.get(recipient=tess, channel="inbox").pk


def _import(state: str) -> int:
    """An import of a table in some state, as the database keeps it; nothing was read for it."""
    source, _ = Source.objects.get_or_create(
        slug="uci-student",
        defaults={"title": "Marks", "kind": "table", "settings": {"mapping": "uci-student"}},
    )
    run = ImportRun.objects.create(
        source=source, state=state, file_name="marks.csv", started_at=AT, finished_at=AT,
        counts={"marks.csv": {"read": 3, "applied": 2, "unchanged": 0, "set_aside": 1}},
    )  # fmt: skip
    return run.pk


def api_client(cast: Cast) -> int:
    """Another system that Adam connected."""
    return Client.objects.create(
        client_id="c1", digest="d", title="SIS", source="sis", scopes=[], organisation=cast.district,
        made_by=cast.users["adam"], made_at=AT,
    ).pk  # fmt: skip


def quality_check(cast: Cast) -> int:
    """Something to put right in the data of Lincoln."""
    return Check.objects.create(
        rule="grade_missing", school=cast.lincoln, feed="sis", checked=3, failing=1, found_at=AT, looked_at=AT
    ).pk


def same_person(cast: Cast) -> int:
    """Sam and Nora may be one person."""
    first, second = sorted([cast.sam.pk, cast.students["nora"].pk])
    return Proposal.objects.create(
        first_id=first, second_id=second, probability=0.9, reasons=[{"code": "born_same", "bits": 11.6}], found_at=AT
    ).pk  # fmt: skip


def joined_records(cast: Cast) -> int:
    """Nora's record was joined to Sam's."""
    proposal = Proposal.objects.get(pk=same_person(cast))
    return Merge.objects.create(
        proposal=proposal, kept=cast.sam, merged=cast.students["nora"], state=Merge.State.DONE, reason="Same card",
        by=cast.users["dina"], at=AT,
    ).pk  # fmt: skip


def import_source(cast: Cast) -> str:
    """A system whose mapping can be downloaded."""
    _import(ImportRun.State.APPLIED)
    return "uci-student"


def import_waiting(cast: Cast) -> int:
    return _import(ImportRun.State.WAITING)


def import_applied(cast: Cast) -> int:
    return _import(ImportRun.State.APPLIED)


def coaching_invitation(cast: Cast) -> int:
    """Ivo has asked Tess whether he may coach her."""
    return coaching.invite(
        colleague=cast.staff["tess"], i_am_coach=True, focus="Use of time", confidentiality="The two of us.",
        by=cast.viewer("ivo"), at=AT,
    ).pk  # fmt: skip


def coaching_agreement(cast: Cast) -> int:
    """... and Tess has said yes."""
    invitation = Agreement.objects.get(pk=coaching_invitation(cast))
    return coaching.accept(agreement=invitation, by=cast.viewer("tess"), at=AT).pk


def _coaching(cast: Cast) -> dict[str, object]:
    agreement = Agreement.objects.get(pk=coaching_agreement(cast))
    return {"agreement": agreement, "by": cast.viewer("tess"), "at": AT}


def coaching_cycle(cast: Cast) -> int:
    return coaching.start_cycle(goal="Begin on time", weeks=6, **_coaching(cast)).pk


def coaching_session(cast: Cast) -> int:
    return coaching.plan_session(kind="goal", planned_on=ON, **_coaching(cast)).pk


def coaching_step(cast: Cast) -> int:
    return coaching.set_step(what="Paper before the bell", due_on=ON, **_coaching(cast)).pk


def support_plan(cast: Cast) -> int:
    """Cora supports Sam; asked for again, it is the same plan."""
    found = SupportPlan.objects.first()
    return found.pk if found else open_for_sam(cast).pk


def support_delivery(cast: Cast) -> int:
    """A session of that plan, logged today."""
    with cast.looking_as("cora") as cora:
        return support.log_delivery(
            support_id=support_plan(cast), key=uuid4(), on=ON, happened=True, by=cora, at=AT
        ).pk


def open_invitation(cast: Cast) -> int:
    """Of a new teacher at Lincoln who has no sign-in yet."""
    from crescendo.access.models import Invitation  # noqa: PLC0415
    from crescendo.roster.models import Post, StaffMember  # noqa: PLC0415

    nia = StaffMember.objects.create(given_name="Nia", family_name="Newman", sort_key="newman nia")
    Post.objects.create(staff=nia, organisation=cast.lincoln, role_id="teacher", begins_on=ON)
    return Invitation.objects.create(
        way="code", staff=nia, username="nia.newman", digest="0", created_at=AT, expires_at=AT
    ).pk


def _goal(cast: Cast, opener: str, kind: str, subject_id: int, **given: object) -> int:
    """A goal as its opener sets it, under the web role."""
    from crescendo.plans import actions as plans  # noqa: PLC0415
    from crescendo.plans.aims import Subject  # noqa: PLC0415

    with cast.looking_as(opener) as viewer:
        return plans.open_plan(
            subject=Subject(kind, subject_id),
            title="A goal",
            due_on=ON.replace(month=6),
            by=viewer,
            at=AT,
            **given,
        ).pk


def school_goal(cast: Cast) -> int:
    """Priya's, for Lincoln: all staff there and above see it."""
    return _goal(cast, "priya", "school", cast.lincoln.pk)


def class_goal(cast: Cast) -> int:
    """Tess's, for the class she teaches, seen by nobody else."""
    return _goal(cast, "tess", "class", cast.classes["mathematics"].pk)


def student_goal(cast: Cast) -> int:
    """Cora's, for Sam: those who support Sam see it."""
    return _goal(cast, "cora", "student", cast.sam.pk)


def goal_draft(cast: Cast) -> int:
    return _goal(cast, "priya", "school", cast.lincoln.pk, is_draft=True)


def student_goal_step(cast: Cast) -> int:
    """A step of Cora's goal for Sam that Cora answers for."""
    from crescendo.plans import actions as plans  # noqa: PLC0415

    plan_id = student_goal(cast)
    with cast.looking_as("cora") as cora:
        return plans.add_action(plan_id=plan_id, what="Talk", due_on=ON, by=cora, at=AT).pk


def turn_rehearsed(cast: Cast) -> int:
    """A change of school year that was rehearsed; nothing has changed yet."""
    turn = Turn.objects.create(
        from_year=2026, last_on=date(2026, 6, 12), first_on=date(2026, 8, 24), state="rehearsed",
        begun_by=cast.users["adam"], begun_at=AT,
    )  # fmt: skip
    return turn.pk


def _measured(cast: Cast) -> None:
    """One published number of Lincoln and of Sam, with their run."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "indicators"))
    from published import add_group_value, add_student_value, make_run  # noqa: PLC0415

    run = make_run(at=AT)
    add_group_value(run, cast.lincoln.pk)
    add_student_value(run, cast.sam.pk, cast.lincoln.pk)


def lincoln_measured(cast: Cast) -> int:
    _measured(cast)
    return cast.lincoln.pk


def sam_measured(cast: Cast) -> int:
    _measured(cast)
    return cast.sam.pk


def mathematics_work(cast: Cast) -> int:
    """A worksheet of Tess's class."""
    from crescendo.records.models import CourseworkItem  # noqa: PLC0415

    items = CourseworkItem.objects.filter(school_class=cast.classes["mathematics"])
    return items.order_by("id").values_list("pk", flat=True)[0]


def own_work(cast: Cast) -> int:
    """Work that Tess added to her class here."""
    from crescendo.records import actions as records  # noqa: PLC0415

    with cast.looking_as("tess") as tess:
        item = records.add_coursework(
            class_id=cast.classes["mathematics"].pk, title="Own", due_on=ON, score_max=10.0, by=tess, at=AT
        )
    return item.pk


def withdrawn_work(cast: Cast) -> int:
    """The same, taken back."""
    from crescendo.records import actions as records  # noqa: PLC0415

    item_id = own_work(cast)
    with cast.looking_as("tess") as tess:
        records.withdraw_coursework(item_id=item_id, by=tess, at=AT)
    return item_id


MADE: dict[str, Callable[[Cast], object]] = {
    "any_batch": lambda _cast: uuid4(),
    "api_client": api_client,
    "mathematics_work": mathematics_work,
    "own_work": own_work,
    "quality_check": quality_check,
    "quality_rule": lambda _cast: "grade_missing",
    "withdrawn_work": withdrawn_work,
    "turn_rehearsed": turn_rehearsed,
    "open_invitation": open_invitation,
    "coaching_invitation": coaching_invitation,
    "coaching_agreement": coaching_agreement,
    "coaching_cycle": coaching_cycle,
    "coaching_session": coaching_session,
    "coaching_step": coaching_step,
    "tess_message": tess_message,
    "school_goal": school_goal,
    "class_goal": class_goal,
    "student_goal": student_goal,
    "goal_draft": goal_draft,
    "student_goal_step": student_goal_step,
    "same_person": same_person,
    "joined_records": joined_records,
    "import_source": import_source,
    "import_waiting": import_waiting,
    "import_applied": import_applied,
    "lincoln_measured": lincoln_measured,
    "sam_measured": sam_measured,
    "support_plan": support_plan,
    "support_delivery": support_delivery,
}


def value(name: str, cast: Cast) -> object:
    """The id behind a name of the matrix; what is no name stands for itself."""
    if name in MADE:
        return MADE[name](cast)
    for things in (cast.students, cast.organisations, cast.classes, cast.staff, cast.family):
        if name in things:
            return things[name].pk
    return name
