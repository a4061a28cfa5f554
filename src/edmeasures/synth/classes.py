"""Courses, classes and who teaches them: a homeroom and five graded classes for every student."""

from dataclasses import dataclass, replace

import numpy as np

from .cast_members import BY_KEY
from .enrolments import Enrolments
from .schools import ELEMENTARY, GRADES, HIGH, LEVEL_OF_GRADE, Schools
from .streams import stream

SUBJECTS = ("Homeroom", "English language arts", "Mathematics", "Science", "Social studies", "Electives")
HOMEROOM, ELA, MATHS, SCIENCE, SOCIAL, ELECTIVE = range(6)
CORE = np.array([False, True, True, True, True, False])
CLASS_SIZE = 25
SECTIONS_PER_TEACHER = 5
FIRST_TEACHER = 10001  # staff numbers below belong to the cast and to the schools' leaders
_HIGH_TITLES = {
    ELA: ("English 9", "English 10", "English 11", "English 12"),
    MATHS: ("Algebra I", "Geometry", "Algebra II", "Statistics"),
    SCIENCE: ("Biology", "Chemistry", "Physics", "Environmental Science"),
    SOCIAL: ("World History", "Geography", "U.S. History", "Government and Economics"),
    ELECTIVE: ("Spanish I", "Studio Art", "Computer Science", "Music Theory"),
}
_ELECTIVES = ("Art and Music", "Physical Education", "Design and Technology")


def course_numbers(year: int, grade: np.ndarray, subject: np.ndarray) -> np.ndarray:
    """Course ids of many at once."""
    number: np.ndarray = (year % 100) * 1000 + grade * 10 + subject
    return number


def course_number(year: int, grade: int, subject: int) -> int:
    """A course's id: two digits of the year, two of the grade, one of the subject."""
    return (year % 100) * 1000 + grade * 10 + subject


def course_title(grade: int, subject: int) -> str:
    """What the course is called in its grade."""
    if subject != HOMEROOM and grade >= 9:
        return _HIGH_TITLES[subject][grade - 9]
    label = "Kindergarten" if grade == 0 else f"Grade {grade}"
    return f"{_ELECTIVES[grade % 3] if subject == ELECTIVE else SUBJECTS[subject]}, {label}"


@dataclass(frozen=True)
class Classes:
    """One year's classes. `number` is the class id; the sections of one school, grade and subject stand together."""

    school_year: int
    number: np.ndarray
    school: np.ndarray  # index into Schools
    grade: np.ndarray
    subject: np.ndarray
    section: np.ndarray
    teacher: np.ndarray  # staff number
    of_enrolment: np.ndarray  # enrolments x 6: row of the class in these arrays, by subject

    def __len__(self) -> int:
        return len(self.number)

    def titles(self) -> list[str]:
        """Course title and section, as a timetable prints them."""
        known = {(g, s): course_title(g, s) for g in range(GRADES) for s in range(len(SUBJECTS))}
        rows = zip(self.grade.tolist(), self.subject.tolist(), self.section.tolist(), strict=True)
        return [f"{known[g, s]}, section {k + 1}" for g, s, k in rows]


def _ranks(group: np.ndarray, within: np.ndarray, groups: int) -> np.ndarray:
    """Each row's place in its group when the group is ordered by `within`."""
    order = np.lexsort((within, group))
    starts = np.searchsorted(group[order], np.arange(groups))
    ranks = np.empty(len(group), np.int64)
    ranks[order] = np.arange(len(group)) - starts[group[order]]
    return ranks


def _sections(seed: int, enrolments: Enrolments, schools: Schools) -> tuple[np.ndarray, np.ndarray]:
    """How many sections each school and grade has, and each enrolment's section in each subject."""
    rng = stream(seed, f"sections {enrolments.school_year}")
    group = enrolments.school * GRADES + enrolments.grade
    size = np.bincount(group, minlength=len(schools) * GRADES)
    # A grade that only movers reach still has one section.
    counts = np.where(size > 0, np.maximum(1, np.rint(size / CLASS_SIZE)), 0).astype(np.int64)
    together = LEVEL_OF_GRADE[enrolments.grade] == ELEMENTARY
    chosen = np.empty((len(enrolments), len(SUBJECTS)), np.int64)
    for subject in range(len(SUBJECTS)):
        drawn = _ranks(group, rng.random(len(enrolments)), len(size)) % np.maximum(counts[group], 1)
        # Younger children stay with their homeroom; older ones meet new classmates in each subject.
        chosen[:, subject] = drawn if subject == HOMEROOM else np.where(together, chosen[:, HOMEROOM], drawn)
    return counts, chosen


def _teachers(
    schools: Schools, school: np.ndarray, grade: np.ndarray, subject: np.ndarray, section: np.ndarray
) -> np.ndarray:
    """A number for each class's teacher: class teachers in elementary schools, subject teachers above."""
    elementary = LEVEL_OF_GRADE[grade] == ELEMENTARY
    # Subject teachers take up to five sections and one homeroom each.
    own_subject = np.where(subject == HOMEROOM, ELA + (section + 2 * grade) % 5, subject)
    running = np.empty(len(school), np.int64)
    order = np.lexsort((section, grade, own_subject * 2 + (subject == HOMEROOM), school))
    key = (school * 8 + own_subject) * 2 + (subject == HOMEROOM)
    starts = np.searchsorted(key[order], key[order], side="left")
    running[order] = np.arange(len(order)) - starts
    load = np.where(subject == HOMEROOM, 1, SECTIONS_PER_TEACHER)
    of_subject = (school * 8 + own_subject) * 1000 + running // load
    of_homeroom = (school * 8 + 7) * 1000 + grade * 40 + section
    return np.where(elementary, of_homeroom, of_subject)


def make_classes(seed: int, enrolments: Enrolments, schools: Schools, first_number: int) -> Classes:
    """One year's classes, numbered from `first_number`; teachers carry provisional numbers until `name_teachers`."""
    counts, chosen = _sections(seed, enrolments, schools)
    per_group = np.repeat(counts, len(SUBJECTS))
    starts = np.concatenate([[0], np.cumsum(per_group)])
    group = np.repeat(np.arange(len(per_group)), per_group)
    section = np.arange(len(group)) - starts[group]
    subject, school_grade = group % len(SUBJECTS), group // len(SUBJECTS)
    school, grade = school_grade // GRADES, school_grade % GRADES
    teacher = _teachers(schools, school, grade, subject, section)
    mine = (enrolments.school * GRADES + enrolments.grade)[:, None] * len(SUBJECTS) + np.arange(len(SUBJECTS))
    return Classes(
        enrolments.school_year,
        first_number + np.arange(len(group)),
        school,
        grade,
        subject,
        section,
        teacher,
        starts[mine] + chosen,
    )


def name_teachers(
    years: list[Classes], enrolments: Enrolments, schools: Schools
) -> tuple[list[Classes], np.ndarray]:
    """Give teachers their staff numbers, the cast first, and say which school each belongs to.

    Tess teaches Sam mathematics, Max teaches Sam English, Otto teaches at the high school.
    """
    newest = years[-1]
    sam = newest.of_enrolment[np.flatnonzero(enrolments.student == 0)[0]]
    at_high = np.flatnonzero((newest.school == schools.first_of(HIGH)) & (newest.subject == MATHS))[0]
    cast = {
        int(newest.teacher[sam[MATHS]]): BY_KEY["tess"].number,
        int(newest.teacher[sam[ELA]]): BY_KEY["max"].number,
        int(newest.teacher[at_high]): BY_KEY["otto"].number,
    }
    provisional = np.unique(np.concatenate([year.teacher for year in years]))
    number = FIRST_TEACHER + np.arange(len(provisional))
    for value, fixed in cast.items():
        number[np.searchsorted(provisional, value)] = fixed
    named = []
    for year in years:
        teacher = number[np.searchsorted(provisional, year.teacher)]
        named.append(replace(year, teacher=teacher))
    staff = np.stack([number, provisional // 8000], axis=1)
    return named, staff
