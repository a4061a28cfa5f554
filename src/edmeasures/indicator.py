"""What a definition must say before it may produce a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Direction = Literal["higher", "lower", "neutral"]
Kind = Literal["ratio", "share_of_students", "mean", "average_daily", "lag", "whole"]
Grain = Literal["student", "organisation"]
Population = Literal["members", "cohort", "staff", "items"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a definition or a threshold was published.

    Parameters
    ----------
    title : str
        The publication.
    where : str
        Page, section or paragraph.
    url : str
        Address of the publication, empty where there is none.
    """

    title: str
    where: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A published measure: one question, one SELECT, one author, one review date.

    Parameters
    ----------
    code, title, question : str
        Name in code, name on the page, and the question the number answers.
    subject : str
        Folder of the catalogue in which the declaration and its SELECT stand.
    unit : str
        ``share`` (0 to 1), ``days``, ``students``, ``scale points``, ``standard deviations`` ...
    direction : {"higher", "lower", "neutral"}
        Which way is better.
    kind : {"ratio", "share_of_students", "mean", "average_daily", "lag", "whole"}
        How students add up to a group. ``ratio``: sum of numerators over sum of denominators.
        ``share_of_students``: flagged students over evaluated students. ``mean``: mean of students' values.
        ``average_daily``: student-days over days taught, summed over schools. ``lag``: the largest of the schools'.
        ``whole``: the SELECT answers for each set of schools, because the number is no sum over people (a median,
        a reliability, an index).
    grain : {"student", "organisation"}
        Whether a student has a value of their own.
    population : {"members", "cohort", "staff", "items"}
        Of whom a row of the SELECT speaks: students enrolled this school year; students of a graduation cohort, who may
        have left years ago; members of staff; items of tests. ``n_students`` of a group counts these.
    numerator, denominator : str
        Both in words.
    flag : str
        What ``flag`` means in the students' rows, empty where the measure flags nobody.
    scale : float
        The value is ``scale * numerator / denominator`` (100 for "per 100 student-days").
    tables : tuple of str
        Fact tables the measure needs.
    received : str
        The table whose silence at a school means "not received" rather than "none"; empty where silence is an answer.
    parameters : tuple of str
        What a rule pack may change. An indicator without parameters has one answer under every pack and is
        evaluated once, under the first pack asked for.
    fixed : tuple of (str, int)
        Parameters of the SELECT that belong to the definition itself, such as the years of a cohort.
    core : bool
        Whether a product measures it unless told otherwise. The rest of the catalogue is measured where a site asks.
    series : bool
        Whether a weekly series is made for schools and the organisations above them.
    sql : str
        File name of the SELECT in the subject's folder.
    author : str
        Who answers for the definition.
    sources : tuple of Source
        Where it was published.
    reviewed_on, next_review_on : datetime.date
        When it was last read against its sources, and when it must be read again.
    caution : str
        What the number does not say.

    Examples
    --------
    >>> from edmeasures import catalog
    >>> catalog.get("chronic_absence").kind
    'share_of_students'
    """

    code: str
    title: str
    question: str
    subject: str
    unit: str
    direction: Direction
    kind: Kind
    grain: Grain = "student"
    population: Population = "members"
    numerator: str
    denominator: str
    flag: str = ""
    scale: float = 1.0
    tables: tuple[str, ...]
    received: str = ""
    parameters: tuple[str, ...] = ()
    fixed: tuple[tuple[str, int], ...] = ()
    core: bool = False
    series: bool = False
    sql: str
    author: str
    sources: tuple[Source, ...]
    reviewed_on: date
    next_review_on: date
    caution: str

    @property
    def varies_by_pack(self) -> bool:
        """Whether two rule packs can give two answers."""
        return bool(self.parameters)
