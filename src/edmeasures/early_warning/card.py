"""The model card: what a person needs to know before they let a model point at children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..disclosure import suppress
from .fairness import Share, Subgroup

if TYPE_CHECKING:
    from .choice import Choice
    from .validation import Scored, Validation


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model in words and tables, after Mitchell and others (2019), Model cards for model reporting, FAT* '19, 220-229.

    `lines` of each section are finished sentences or table rows of Markdown.
    """

    title: str
    purpose: str
    owner: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(
        cls, found: Validation, *, purpose: str, owner: str, beside: Validation | None = None
    ) -> ModelCard:
        model, test = found.model, found.test
        sections = (
            ("What it is", _what(found)),
            ("What it is not for", _not_for()),
            ("What it saw", _saw(found)),
            *((("How its features were chosen", _chosen(found.choice)),) if found.choice else ()),
            (
                f"How it did on {test.name} ({len(test)} students, {int(test.outcome.sum())} with the outcome)",
                _did(found.scored),
            ),
            ("Whether its probabilities mean what they say", _calibrated(found)),
            *((("With and without demographic predictors", _beside(found, beside)),) if beside else ()),
            *(
                (f"Whether it errs alike: {name}", _groups(groups))
                for name, groups in found.subgroups.items()
            ),
            ("Cautions", tuple(f"- {c}" for c in found.cautions) or ("- None beyond what stands above.",)),
        )
        return cls(f"Early warning, trained on {', '.join(model.trained_on)}", purpose, owner, sections)

    def markdown(self) -> str:
        """The card as one Markdown document."""
        head = [f"# {self.title}", ""]
        head += [
            f"{line}\n"
            for line in (self.purpose and f"Purpose: {self.purpose}", self.owner and f"Owner: {self.owner}")
            if line
        ]
        parts = ["\n".join([f"## {title}", "", *lines, ""]) for title, lines in self.sections]
        return "\n".join([*head, *parts])


def _what(found: Validation) -> tuple[str, ...]:
    model = found.model
    told = {"boosting": "gradient boosting", "logistic": "logistic regression", "both": "the mean of both"}[
        model.learner
    ]
    losses = ", ".join(f"{name} {loss:.4f}" for name, loss in model.held_out_loss.items())
    return (
        f"- Learner: {told}, chosen by log loss on held-out past students ({losses}).",
        f"- Calibrated on held-out past students: logit times {model.slope:.3f} plus {model.intercept:+.3f}.",
        f"- Trained on {model.n} students, {model.positives} with the outcome.",
        f"- Predicts on {found.test.frame.on}; "
        + ("tested on a later cohort." if found.is_out_of_time else "not a clean test over time."),
    )


def _not_for() -> tuple[str, ...]:
    return (
        "- Not for decisions against a student, and not for ranking named people. It says who may need a look.",
        "- Not a cause: a reason says what the model saw, not what would help.",
        "- Not for another year, place or question without a new validation.",
    )


def _saw(found: Validation) -> tuple[str, ...]:
    model, frame = found.model, found.test.frame
    lines = [f"- Features: {', '.join(f'`{f}`' for f in model.features)}."]
    lines += [f"- Left out: `{f}`, {why}." for f, why in model.dropped.items()]
    lines += [f"- Table `{name}` as known by {day}." for name, day in frame.latest.items() if day is not None]
    if model.demographics:
        lines.append(f"- **Demographic predictors are used**: {model.demographics}.")
    else:
        lines.append("- No demographic predictors.")
    return tuple(lines)


def _chosen(choice: Choice) -> tuple[str, ...]:
    clean = "" if choice.is_out_of_time else ", though not all of them had their outcomes by then"
    return (
        f"By the highest AUC on {choice.tried_on}, learned from {', '.join(choice.learned_from)}{clean}. "
        "The cohort below was not looked at.",
        "",
        "| features | number | AUC | n |",
        "|---|---|---|---|",
        *(
            f"| {t.name}{' (taken)' if t is choice.taken else ''} | {len(t.features)} "
            f"| {t.auc.value:.3f} ({t.auc.lower:.3f} to {t.auc.upper:.3f}) | {t.auc.n} |"
            for t in choice.tried
        ),
    )


def _beside(found: Validation, other: Validation) -> tuple[str, ...]:
    if not np.array_equal(found.test.outcome, other.test.outcome):
        raise ValueError("The model beside this one was tested on other students.")
    lines = ["| | AUC | Brier score | expected calibration error | n |", "|---|---|---|---|---|"]
    for v in (found, other):
        name = "with demographic predictors" if v.model.demographics else "without demographic predictors"
        c = v.calibration
        lines.append(
            f"| {name}{' (this model)' if v is found else ''} | {v.auc.value:.3f} ({v.auc.lower:.3f} to {v.auc.upper:.3f}) "
            f"| {c.brier:.4f} | {c.expected_error:.4f} | {v.auc.n} |"
        )
    if other.model.demographics:
        lines += ["", f"Demographic predictors, for comparison alone: {other.model.demographics}."]
    return tuple(lines)


def _did(scored: tuple[Scored, ...]) -> tuple[str, ...]:
    lines = [
        "| | AUC | average precision | k | precision at k | recall at k | lift |",
        "|---|---|---|---|---|---|---|",
    ]
    for s in scored:
        for a in s.at:
            lines.append(
                f"| {s.name} | {s.auc.value:.3f} ({s.auc.lower:.3f} to {s.auc.upper:.3f}) | {s.average_precision.value:.3f} | {a.k} "
                f"| {a.precision:.3f} ({a.precision_lower:.3f} to {a.precision_upper:.3f}) "
                f"| {a.recall:.3f} ({a.recall_lower:.3f} to {a.recall_upper:.3f}) | {a.lift:.2f} |"
            )
    return tuple(lines)


def _calibrated(found: Validation) -> tuple[str, ...]:
    c = found.calibration
    rows = zip(c.predicted, c.observed, c.lower, c.upper, c.bin_n, strict=True)
    return (
        f"Brier score {c.brier:.4f}, expected calibration error {c.expected_error:.4f} ({c.method}).",
        "",
        "| said | came | interval | n |",
        "|---|---|---|---|",
        *(f"| {p:.2f} | {o:.2f} | {low:.2f} to {high:.2f} | {n} |" for p, o, low, high, n in rows),
    )


def _groups(groups: tuple[Subgroup, ...]) -> tuple[str, ...]:
    lines = [
        "| group | n | with outcome | recall | precision | wrongly flagged | over-stated |",
        "|---|---|---|---|---|---|---|",
    ]
    hidden = _hidden(groups)
    for g in groups:
        if g.group in hidden:
            lines.append(f"| {g.group} | * | * | not shown | | | |")
        else:
            lines.append(
                f"| {g.group} | {g.n} | {g.positives} | {_told(g.recall)} | {_told(g.precision)} | {_told(g.false_alarms)} "
                f"| {g.over_stated:+.3f} |"
            )
    if hidden:
        lines += ["", "\\* Too few students to show, or needed to hide those who are."]
    return tuple(lines)


def _hidden(groups: tuple[Subgroup, ...], minimum: int = 10) -> set[str]:
    """Groups too small to evaluate, and those whose numbers would give a small one away from the whole."""
    found = {g.group for g in groups if g.reason}
    while True:
        told = {
            name
            for counts in ({g.group: g.n for g in groups}, {g.group: g.positives for g in groups})
            for name, why in suppress(counts, minimum, found).items()
            if why
        }
        if told <= found:
            return found
        found |= told


def _told(share: Share) -> str:
    value, lower, upper, n = share
    return f"{value:.3f} ({lower:.3f} to {upper:.3f}, n {n})" if n else "nobody"
