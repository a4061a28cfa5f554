"""Students in their families: names, ages, languages, households and the adults of each."""

from dataclasses import dataclass

import numpy as np

from .cast_members import BY_KEY, SAM_STUDENT_ID
from .names import GROUPS
from .schools import GRADES
from .streams import stream

NEW_THIS_YEAR = 0.06  # share of students who were not in the district the year before
LEFT_EACH_YEAR = 0.05  # students who left before the newest year, as a share of its size
ADULT_ROLES = ("parent", "guardian", "relative")
SEXES = ("female", "male", "other")
_GIRLS = [name for group in GROUPS for name in group.girls]
_BOYS = [name for group in GROUPS for name in group.boys]
_FAMILIES = [name for group in GROUPS for name in group.families]
CAST_GIVEN = [BY_KEY[key].given_name for key in ("sam", "fay", "bryn")]
CAST_FAMILY = [BY_KEY["sam"].family_name, BY_KEY["bryn"].family_name]
GIVEN_NAMES = [*_GIRLS, *_BOYS, *CAST_GIVEN]
FAMILY_NAMES = [*_FAMILIES, *CAST_FAMILY]


@dataclass(frozen=True)
class Households:
    """Where a family lives (zone, 0..1), its names, its language, its means."""

    group: np.ndarray
    zone: np.ndarray
    family_name: np.ndarray  # index into FAMILY_NAMES
    speaks: np.ndarray  # language codes
    low_income: np.ndarray


@dataclass(frozen=True)
class Adults:
    """The family members. Number 1 is Fay, number 2 is Bryn; both belong to Sam's household."""

    number: np.ndarray
    household: np.ndarray
    given_name: np.ndarray
    family_name: np.ndarray
    role: np.ndarray  # index into ADULT_ROLES
    first_of_household: np.ndarray  # households + 1 offsets


@dataclass(frozen=True)
class Students:
    """Everyone who was in the district in one of the years. The first is Sam.

    `grade` is the grade in the newest year, or what it would have been: above 12 the student has graduated.
    """

    ids: np.ndarray
    grade: np.ndarray
    first_year: np.ndarray
    last_year: np.ndarray
    household: np.ndarray
    given_name: np.ndarray
    second_family_name: np.ndarray  # index into FAMILY_NAMES, -1 none
    sex: np.ndarray
    born_on: np.ndarray
    english_learner: np.ndarray
    disability: np.ndarray
    race: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def in_year(self, school_year: int, newest: int) -> np.ndarray:
        """Indices of the students of one year."""
        grade = self.grade - (newest - school_year)
        there = (self.first_year <= school_year) & (school_year <= self.last_year)
        return np.flatnonzero(there & (grade >= 0) & (grade < GRADES))


def _pick(rng: np.random.Generator, group: np.ndarray, sizes: list[int]) -> np.ndarray:
    """One name of each one's own group, as an index into the joined lists."""
    counts, starts = np.array(sizes), np.concatenate([[0], np.cumsum(sizes)[:-1]])
    values: np.ndarray = starts[group] + (rng.random(len(group)) * counts[group]).astype(np.int64)
    return values


def pick_given(rng: np.random.Generator, group: np.ndarray, is_male: np.ndarray) -> np.ndarray:
    girls = _pick(rng, group, [len(g.girls) for g in GROUPS])
    boys = len(_GIRLS) + _pick(rng, group, [len(g.boys) for g in GROUPS])
    return np.where(is_male, boys, girls)


def pick_surname(rng: np.random.Generator, group: np.ndarray) -> np.ndarray:
    return _pick(rng, group, [len(g.families) for g in GROUPS])


def make_households(seed: int, children: int) -> tuple[Households, np.ndarray]:
    """Households for so many children, and each child's household. The first child (Sam) has no siblings."""
    rng = stream(seed, "households")
    sizes = rng.choice([1, 2, 3], size=children, p=[0.45, 0.38, 0.17])
    sizes[0] = 1
    of_child = np.repeat(np.arange(children), sizes)[:children]
    n = int(of_child[-1]) + 1
    group = rng.choice(
        len(GROUPS), size=n, p=np.array([g.share for g in GROUPS]) / sum(g.share for g in GROUPS)
    )
    group[0] = next(i for i, g in enumerate(GROUPS) if g.language == "es")
    zone = rng.random(n)
    own_language = rng.random(n) < np.array([g.speaks_other for g in GROUPS])[group]
    own_language[0] = True
    speaks = np.where(own_language, np.array([g.language for g in GROUPS])[group], "en")
    # Means differ between neighbourhoods, as they do in most towns.
    low_income = rng.random(n) < 0.25 + 0.4 * (np.sin(zone * 2 * np.pi) * 0.5 + 0.5)
    family_name = pick_surname(rng, group)
    family_name[0] = FAMILY_NAMES.index(CAST_FAMILY[0])
    return Households(group, zone, family_name, speaks, low_income), of_child


def make_adults(seed: int, households: Households) -> Adults:
    """One or two adults per household, mostly parents; a second adult often has another surname."""
    rng = stream(seed, "adults")
    n = len(households.group)
    counts = 1 + (rng.random(n) < 0.68).astype(np.int64)
    counts[0] = 2
    offsets = np.concatenate([[0], np.cumsum(counts)])
    household = np.repeat(np.arange(n), counts)
    is_second = np.arange(len(household)) != offsets[household]
    is_male = np.where(is_second, rng.random(len(household)) < 0.9, rng.random(len(household)) < 0.15)
    group = households.group[household]
    given = pick_given(rng, group, is_male)
    other_name = rng.random(len(household)) < np.where(is_second, 0.3, 0.12)
    family = np.where(other_name, pick_surname(rng, group), households.family_name[household])
    role = rng.choice(3, size=len(household), p=[0.88, 0.08, 0.04])
    given[0], given[1] = GIVEN_NAMES.index("Fay"), GIVEN_NAMES.index("Bryn")
    family[0], family[1] = (FAMILY_NAMES.index(name) for name in CAST_FAMILY)
    role[:2] = 0
    return Adults(np.arange(1, len(household) + 1), household, given, family, role, offsets)


def _years(seed: int, students: int, years: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grade in the newest year, first and last year: the newest year's students, then those who left before it."""
    rng = stream(seed, "population")
    newest = years[-1]
    # Even cohorts, so that no school of a small district is short of a grade by chance.
    grade = [rng.permutation(np.arange(students) % GRADES)]
    grade[0][0] = 7
    first = [newest - rng.geometric(NEW_THIS_YEAR, size=students) + 1]
    first[0][0] = years[0]
    last = [np.full(students, newest)]
    for year in reversed(years[:-1]):
        back = newest - year
        graduates, leavers = -(-students // GRADES), round(students * LEFT_EACH_YEAR)
        grade += [np.full(graduates, GRADES - 1 + back), rng.integers(0, GRADES - 1, size=leavers) + back]
        first.append(year - rng.geometric(NEW_THIS_YEAR, size=graduates + leavers) + 1)
        last.append(np.full(graduates + leavers, year))
    return np.concatenate(grade), np.concatenate(first), np.concatenate(last)


def _second_surnames(rng: np.random.Generator, households: Households) -> np.ndarray:
    """Some Hispanic families give their children the mother's surname too; -1 in all others, Sam's among them."""
    is_hispanic = np.array([g.race == "hispanic" for g in GROUPS])[households.group]
    drawn = rng.random(len(is_hispanic)) < 0.3
    second = np.where(is_hispanic & drawn, pick_surname(rng, households.group), -1)
    second[0] = -1
    return second


def _birthdays(rng: np.random.Generator, grade: np.ndarray, newest: int) -> np.ndarray:
    """Five years old by 1 September of the year in which kindergarten begins."""
    turning = newest - 1 - 5 - grade
    latest = (turning - 1970).astype("datetime64[Y]").astype("datetime64[D]") + np.timedelta64(242, "D")
    days: np.ndarray = latest - rng.integers(0, 365, size=len(grade)).astype("timedelta64[D]")
    return days


def make_students(seed: int, students: int, years: tuple[int, ...]) -> tuple[Students, Households]:
    """`students` children in the newest year, and those of the earlier years who have left since."""
    grade, first_year, last_year = _years(seed, students, years)
    n = len(grade)
    households, household = make_households(seed, n)
    rng = stream(seed, "students")
    group = households.group[household]
    sex = rng.choice(3, size=n, p=[0.491, 0.505, 0.004])
    sex[0] = 1
    given = pick_given(rng, group, np.where(sex == 2, rng.random(n) < 0.5, sex == 1))
    given[0] = GIVEN_NAMES.index("Sam")
    second = _second_surnames(rng, households)[household]
    born_on = _birthdays(rng, grade, years[-1])
    speaks_other = households.speaks[household] != "en"
    english_learner = speaks_other & (rng.random(n) < np.clip(0.85 - 0.06 * grade, 0.15, 0.85))
    disability = rng.random(n) < np.where(sex == 1, 0.18, 0.11)
    race = np.array([g.race for g in GROUPS])[group]
    race = np.where(rng.random(n) < 0.05, "two_or_more", race)
    ids = SAM_STUDENT_ID + np.arange(n)
    about = (ids, grade, first_year, last_year, household, given, second, sex, born_on)
    return Students(*about, english_learner, disability, race), households
