"""What a person is, and where: roles with their organisations and days, and whose family they are."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import connection

from . import entities as e
from .naming import guids_of, ref

Row = dict[str, Any]


_ROLES = """
SELECT 'student' AS kind, n.student_id AS id, n.school_id AS org, 'student' AS role, n.is_primary, n.entry_on AS begins,
       n.exit_on AS ends, n.grade_level AS grade FROM roster_enrolment n
WHERE n.student_id = ANY(%(student)s) AND n.school_id = ANY(%(orgs)s) AND (n.ended_on IS NULL OR n.ended_on > %(on)s)
UNION ALL
SELECT 'staff', p.staff_id, p.organisation_id, coalesce(p.metadata->>'role', p.role_id), NULL, p.begins_on, p.ends_on, NULL
FROM roster_post p
WHERE p.staff_id = ANY(%(staff)s) AND p.organisation_id = ANY(%(orgs)s) AND (p.ended_on IS NULL OR p.ended_on > %(on)s)
UNION ALL
SELECT DISTINCT 'staff', t.staff_id, c.school_id, 'teacher', NULL::boolean, NULL::date, NULL::date, NULL
FROM roster_classstaff t JOIN roster_schoolclass c ON c.id = t.school_class_id
WHERE t.staff_id = ANY(%(staff)s) AND c.school_id = ANY(%(orgs)s) AND NOT EXISTS (
    SELECT 1 FROM roster_post p WHERE p.staff_id = t.staff_id AND p.organisation_id = ANY(%(orgs)s))
UNION ALL
SELECT DISTINCT 'family', l.family_member_id, n.school_id,
       CASE WHEN l.relationship IN ('parent', 'guardian', 'relative') THEN l.relationship ELSE 'guardian' END, NULL::boolean,
       NULL::date, NULL::date, NULL
FROM roster_familylink l JOIN roster_enrolment n ON n.student_id = l.student_id
WHERE l.family_member_id = ANY(%(family)s) AND n.school_id = ANY(%(orgs)s) AND (l.ended_on IS NULL OR l.ended_on > %(on)s)
ORDER BY 1, 2, 6 DESC NULLS LAST, 3, 4
"""
_AGENTS = """
SELECT 'student' AS kind, l.student_id AS id, 'family' AS other, l.family_member_id AS agent FROM roster_familylink l
WHERE l.student_id = ANY(%(student)s) AND (l.ended_on IS NULL OR l.ended_on > %(on)s)
UNION ALL
SELECT 'family', l.family_member_id, 'student', l.student_id FROM roster_familylink l
WHERE l.family_member_id = ANY(%(family)s) AND (l.ended_on IS NULL OR l.ended_on > %(on)s) ORDER BY 1, 2, 4
"""
# The standard's words for our roles, where the source said none.
_WORDS = {"district_leader": "districtAdministrator", "administrator": "systemAdministrator", "counselor": "counselor",
          "principal": "principal", "teacher": "teacher", "aide": "aide"}  # fmt: skip
_KNOWN = {*_WORDS.values(), "siteAdministrator", "proctor", "student", "parent", "guardian", "relative"}
_WORDS_11 = {"districtAdministrator": "administrator", "systemAdministrator": "administrator", "principal": "administrator",
             "siteAdministrator": "administrator", "counselor": "aide"}  # fmt: skip
_ALL_11 = {"administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher"}


def add_roles(rows: list[Row], finished: list[Row], *, orgs: list[int], on: date, version: str) -> None:
    """Complete each person as the version writes them."""
    ids: dict[str, Any] = {kind: [r["_id"] for r in rows if r["_kind"] == kind] for kind in e.USERS.kinds}
    asked = ids | {"orgs": orgs, "on": on}
    roles, agents = defaultdict(list), defaultdict(list)
    for row in _fetch(_ROLES, asked):
        roles[row[0], row[1]].append(row[2:])
    for kind, id_, other, agent in _fetch(_AGENTS, asked):
        agents[kind, id_].append((other, agent))
    guids = guids_of(
        [
            *(("org", one[0]) for found in roles.values() for one in found),
            *(a for found in agents.values() for a in found),
        ]
    )
    for row, said in zip(rows, finished, strict=True):
        person = row["_kind"], row["_id"]
        held = [(guids["org", org], *rest) for org, *rest in roles[person]]
        (_say_roles if version == e.V12 else _say_role)(said, held)
        if grade := next((one[5] for one in held if one[5]), ""):
            said["grades"] = [grade]
        if agents[person]:
            said["agents"] = [ref("user", guids[agent]) for agent in agents[person]]


def _say_roles(said: Row, held: list[Any]) -> None:
    """1.2: each role with its organisation and days; one of each organisation is the primary one."""
    roles, primary = [], set()
    for org, role, _is_primary, begins, ends, _grade in held:
        one: Row = {
            "roleType": "secondary" if org in primary else "primary",
            "role": _word(role),
            "org": ref("org", org),
        }
        one |= {name: day.isoformat() for name, day in (("beginDate", begins), ("endDate", ends)) if day}
        primary.add(org)
        roles.append(one)
    said["roles"] = roles
    if held:
        said["primaryOrg"] = ref("org", next((one[0] for one in held if one[2]), held[0][0]))


def _say_role(said: Row, held: list[Any]) -> None:
    """1.1: one role, and the organisations."""
    word = _word(held[0][1]) if held else "aide"
    said["role"] = word if word in _ALL_11 else _WORDS_11.get(word, "aide")
    said["orgs"] = [ref("org", org) for org in dict.fromkeys(one[0] for one in held)]


def _word(role: str) -> str:
    word = _WORDS.get(role, role)
    return word if word in _KNOWN or word.startswith("ext:") else f"ext:{word}"


def _fetch(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
