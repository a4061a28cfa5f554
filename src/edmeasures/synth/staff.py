"""Who works in the district: the cast, a principal and a counsellor per school, and the teachers of the classes."""

from dataclasses import dataclass

import numpy as np

from .cast_members import CAST, FIRST_MIDDLE_ID
from .names import GROUPS
from .people import FAMILY_NAMES, GIVEN_NAMES, pick_given, pick_surname
from .schools import Schools
from .streams import stream

FIRST_PRINCIPAL, FIRST_COUNSELOR = 1001, 4001


@dataclass(frozen=True)
class Staff:
    """Members of staff: number, names, OneRoster role and organisation. `also_teaches`: the cast with classes too."""

    number: np.ndarray
    given_name: list[str]
    family_name: list[str]
    role: list[str]
    organisation: np.ndarray  # organisation ids
    also_teaches: np.ndarray

    def __len__(self) -> int:
        return len(self.number)


def make_staff(seed: int, schools: Schools, teachers: np.ndarray) -> Staff:
    """All staff in order of their numbers. `teachers` holds staff number and school index, a row per teacher."""
    rng = stream(seed, "staff")
    cast = [member for member in CAST if member.entity == "staff"]
    cast_numbers = np.array([member.number for member in cast])
    # Priya and Cora are the middle school's own.
    others = np.flatnonzero(schools.ids != FIRST_MIDDLE_ID)
    known = np.isin(teachers[:, 0], cast_numbers)
    number = np.concatenate([FIRST_PRINCIPAL + others, FIRST_COUNSELOR + others, teachers[~known, 0]])
    school = np.concatenate([others, others, teachers[~known, 1]])
    role = ["principal"] * len(others) + ["counselor"] * len(others) + ["teacher"] * int((~known).sum())
    group = rng.choice(len(GROUPS), size=len(number), p=_staff_shares())
    given = [GIVEN_NAMES[i] for i in pick_given(rng, group, rng.random(len(number)) < 0.3).tolist()]
    family = [FAMILY_NAMES[i] for i in pick_surname(rng, group).tolist()]
    teaching = set(teachers[known, 0].tolist())
    return Staff(
        np.concatenate([cast_numbers, number]),
        [member.given_name for member in cast] + given,
        [member.family_name for member in cast] + family,
        [member.oneroster_role for member in cast] + role,
        np.concatenate([[member.organisation_id for member in cast], schools.ids[school]]),
        np.array(
            [m.number in teaching and m.oneroster_role != "teacher" for m in cast] + [False] * len(number)
        ),
    )


def _staff_shares() -> np.ndarray:
    shares = np.array([group.share for group in GROUPS])
    values: np.ndarray = shares / shares.sum()
    return values
