"""How an acting app offers what can be done about a finding: a `NEXT_STEPS` tuple in its `next_steps.py`.

`insights` shows findings and finds these at start-up; it names no app that acts. So people go forward from what they
understood to what they do, without an import to the right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Finding:
    """Something worth acting on: about whom or what, by which number, in a sentence with its reasons.

    subject_kind: student, class, organisation
    indicator: the code of the number it rests on; '' where it rests on several
    test: the scores it rests on where there is no such number, as `family|subject`
    value: that number; as_of: the day it counts to
    reasons: plain sentences, the strongest first
    """

    kind: str
    subject_kind: str
    subject_id: int
    sentence: str
    indicator: str = ""
    value: float | None = None
    as_of: date | None = None
    reasons: tuple[str, ...] = ()
    test: str = ""


@dataclass(frozen=True)
class NextStep:
    """One thing that can be done about findings of some subject.

    `may(viewer, finding)` says whether this viewer may do it; `href(finding)` is the page where it begins, with what
    is known already filled in. `takes_students`: that page goes on with students named as `?student=1&student=2`.
    """

    code: str
    label: str | Promise
    subject_kinds: frozenset[str]
    may: Callable[[Any, Finding], bool]
    href: Callable[[Finding], str]
    takes_students: bool = False
