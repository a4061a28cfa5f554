"""Absences and late arrivals, a school at a time: a chronic tail, Mondays and Fridays, a flu season, runs of days."""

from dataclasses import dataclass

import numpy as np

from .calendars import DAYS, YearCalendar
from .enrolments import Enrolments
from .streams import stream

ABSENCE_SHARE = 0.08  # absence events per student and day of a whole year: 14.4 in 180 days
TARDIES_PER_STUDENT = 0.8
STAYS_AWAY_TOO = 0.35  # chance that an absence lasts another day
NOT_SENT = 0.01  # share of days whose attendance a school never sent
CHANGE_FACTOR = 1.6  # absences at the changed school, from the change on
CATEGORIES = ("excused", "unexcused", "tardy")
CODES = ("EXC", "UNX", "TDY")
_MONDAY_TO_FRIDAY = np.array([1.18, 0.92, 0.88, 0.95, 1.14])
# Runs overlap and very frequent absences are capped: the share of intended events that is left (measured).
_LEFT_AFTER_OVERLAP = 0.969


@dataclass(frozen=True)
class Change:
    """A school whose attendance really changes on a day."""

    school: int
    begins_on: np.datetime64
    factor: float = CHANGE_FACTOR


@dataclass(frozen=True)
class Events:
    """One year's attendance events, sent days and each enrolment's counts of sent days and days missed."""

    enrolment: np.ndarray  # index into the year's Enrolments
    day: np.ndarray
    on: np.ndarray
    category: np.ndarray  # index into CATEGORIES
    absent_share: np.ndarray
    sent: np.ndarray  # schools x 180, False where the school sent nothing (or the day lies ahead)
    days_sent: np.ndarray  # per enrolment
    days_missed: np.ndarray  # per enrolment


def day_weights(calendar: YearCalendar, change: Change | None) -> np.ndarray:
    """How much more likely than usual an absence is, by school and day: weekday, flu season, the real change."""
    days = calendar.instructional
    weekday = (days.astype("datetime64[D]").astype(np.int64) + 3) % 7
    weights = _MONDAY_TO_FRIDAY[np.minimum(weekday, 4)]
    # The flu peaks in turn before and after the turn of the year.
    peak = np.datetime64(
        f"{calendar.school_year}-02-01"
        if calendar.school_year % 2 == 0
        else f"{calendar.school_year - 1}-12-14"
    )
    weeks_off = (days - peak).astype(np.int64) / 7.0
    weights = weights * (1 + 0.25 * np.exp(-0.5 * (weeks_off / 2.0) ** 2))
    weights = weights / weights.mean()
    if change is not None:
        weights[change.school, days[change.school] >= change.begins_on] *= change.factor
    values: np.ndarray = weights
    return values


def _rates(enrolments: Enrolments, tendency: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Each enrolment's absence chance on a usual day, scaled so that a whole year brings ABSENCE_SHARE events."""
    rate = np.exp(tendency[enrolments.student])
    cumulated = np.concatenate([np.zeros((len(weights), 1)), np.cumsum(weights, axis=1)], axis=1)
    exposure = (
        cumulated[enrolments.school, enrolments.exit + 1] - cumulated[enrolments.school, enrolments.entry]
    )
    wanted = ABSENCE_SHARE * DAYS * len(np.unique(enrolments.student)) / _LEFT_AFTER_OVERLAP / (1 - NOT_SENT)
    for _ in range(4):
        rate = np.minimum(rate * wanted / (rate * exposure).sum(), 0.55)
    values: np.ndarray = rate
    return values


def _school_days(
    rng: np.random.Generator, rate: np.ndarray, weights: np.ndarray, there: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and days of the absences of one school's enrolments."""
    begins = np.minimum(rate[:, None] / (1 + STAYS_AWAY_TOO) * weights[None, :], 0.9).astype(np.float32)
    drawn = rng.random(begins.shape, dtype=np.float32)
    absent = drawn < begins
    # Given that an absence begins, drawn / begins is uniform again, which decides whether it lasts another day.
    absent[:, 1:] |= drawn[:, :-1] < STAYS_AWAY_TOO * begins[:, :-1]
    row, day = np.nonzero(absent & there)
    return row, day


def _late_days(
    rng: np.random.Generator, rate: np.ndarray, there: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and days of late arrivals: they go with absence, more weakly."""
    often = np.sqrt(rate / ABSENCE_SHARE) * TARDIES_PER_STUDENT / DAYS
    row, day = np.nonzero((rng.random(there.shape, dtype=np.float32) < often[:, None]) & there)
    return row, day


def make_events(
    seed: int,
    enrolments: Enrolments,
    calendar: YearCalendar,
    as_of: np.datetime64,
    tendency: np.ndarray,
    change: Change | None,
) -> Events:
    """One year's events up to `as_of`. On days that a school did not send there are none."""
    year = enrolments.school_year
    rng = stream(seed, f"attendance {year}")
    weights = day_weights(calendar, change)
    rate = _rates(enrolments, tendency, weights)
    numbers = np.arange(DAYS)
    sent = (calendar.instructional <= as_of) & (rng.random(calendar.instructional.shape) >= NOT_SENT)
    numbers = np.arange(DAYS)
    absences, tardies = [], []
    order = np.argsort(enrolments.school, kind="stable")
    bounds = np.searchsorted(enrolments.school[order], np.arange(len(sent) + 1))
    for school in range(len(sent)):
        rows = order[bounds[school] : bounds[school + 1]]
        there = (numbers >= enrolments.entry[rows, None]) & (numbers <= enrolments.exit[rows, None])
        there &= sent[school]
        row, day = _school_days(rng, rate[rows], weights[school], there)
        absences.append((rows[row], day))
        there[row, day] = False
        row, day = _late_days(rng, rate[rows], there)
        tardies.append((rows[row], day))
    who, day = (np.concatenate(column) for column in zip(*absences, strict=True))
    late_who, late_day = (np.concatenate(column) for column in zip(*tardies, strict=True))
    return _events(rng, enrolments, calendar, sent, rate, who, day, late_who, late_day)


def _events(
    rng: np.random.Generator,
    enrolments: Enrolments,
    calendar: YearCalendar,
    sent: np.ndarray,
    rate: np.ndarray,
    who: np.ndarray,
    day: np.ndarray,
    late_who: np.ndarray,
    late_day: np.ndarray,
) -> Events:
    n = len(who)
    unexcused = rng.random(n) < np.clip(0.28 + 1.6 * rate[who], 0, 0.8)
    share = rng.choice(np.array([1.0, 0.5, 0.25, 0.75]), size=n, p=[0.86, 0.09, 0.03, 0.02])
    enrolment = np.concatenate([who, late_who])
    day = np.concatenate([day, late_day])
    category = np.concatenate([unexcused.astype(np.int8), np.full(len(late_who), 2, np.int8)])
    absent_share = np.concatenate([share, np.zeros(len(late_who))])
    on = calendar.instructional[enrolments.school[enrolment], day]
    order = np.lexsort((enrolment, on))
    cumulated = np.concatenate([np.zeros((len(sent), 1), np.int64), np.cumsum(sent, axis=1)], axis=1)
    days_sent = (
        cumulated[enrolments.school, enrolments.exit + 1] - cumulated[enrolments.school, enrolments.entry]
    )
    missed = np.bincount(enrolment, weights=absent_share, minlength=len(enrolments))
    return Events(
        enrolment[order], day[order], on[order], category[order], absent_share[order], sent, days_sent, missed
    )
