"""Coefficient matrices: a fitted norm group, stored so that later cohorts can be read against it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .problem import Array
from .regression import quantile_regression
from .splines import Knots, design_matrix

TAUS: Array = (np.arange(100) + 0.5) / 100
FORMAT = "edmeasures growth coefficients 1"
BLOCK = 8192


@dataclass(frozen=True)
class CoefficientMatrix:
    """100 quantile regressions of a score on its priors.

    Attributes
    ----------
    subject : content area.
    grades, years : of the progression, earliest first, the predicted score last.
    knots : of each prior, the latest first.
    taus : shape (k,); coefficients : shape (1 + 7 priors, k), in the order of the design matrix.
    n : students it was fitted on; loss : total check loss over all taus; fallbacks : taus left to the plain program.
    """

    subject: str
    grades: tuple[str, ...]
    years: tuple[str, ...]
    knots: tuple[Knots, ...]
    taus: Array
    coefficients: Array
    n: int
    loss: float
    fallbacks: int = 0

    @property
    def priors(self) -> int:
        """How many prior scores it takes."""
        return len(self.knots)

    @property
    def norm_group(self) -> str:
        """As SGP writes it: `2024/READING_3; 2025/READING_4`."""
        return "; ".join(f"{y}/{self.subject}_{g}" for y, g in zip(self.years, self.grades, strict=True))

    def predict(self, priors: npt.ArrayLike) -> Array:
        """Fitted quantiles, shape (n, k), sorted within each student (a lower tau never lies higher).

        Parameters
        ----------
        priors : array_like of shape (n, priors), the latest first.
        """
        found = design_matrix(priors, self.knots) @ self.coefficients
        found.sort(axis=1)
        return found


def fit_matrix(
    scores: npt.ArrayLike,
    priors: npt.ArrayLike,
    knots: Sequence[Knots],
    *,
    subject: str = "",
    grades: Sequence[str] = (),
    years: Sequence[str] = (),
) -> CoefficientMatrix:
    """Fit the 100 regressions of a cohort, each exact.

    Parameters
    ----------
    scores : array_like of shape (n,), the current scores.
    priors : array_like of shape (n, k), the latest prior in the first column.
    knots : k Knots, in the same order.

    Raises
    ------
    ValueError
        For NaN or infinities (with the first row), or fewer distinct rows than coefficients.
    """
    y, x = np.asarray(scores, dtype=np.float64), np.asarray(priors, dtype=np.float64)
    fits = quantile_regression(design_matrix(x, knots), y, TAUS, keys=x)
    return CoefficientMatrix(
        subject,
        tuple(grades),
        tuple(years),
        tuple(knots),
        TAUS,
        fits.coefficients,
        fits.n,
        float(fits.loss.sum()),
        fits.fallbacks,
    )


def write_matrices(path: Path, matrices: Iterable[CoefficientMatrix]) -> None:
    """As JSON. Python writes the shortest text that reads back as the same number, so nothing is lost."""
    found = [
        {
            "subject": m.subject,
            "grades": m.grades,
            "years": m.years,
            "knots": [_knots_as_dict(k) for k in m.knots],
            "taus": m.taus.tolist(),
            "coefficients": m.coefficients.tolist(),
            "n": m.n,
            "loss": m.loss,
        }
        for m in matrices
    ]
    Path(path).write_text(json.dumps({"format": FORMAT, "matrices": found}))


def read_matrices(path: Path) -> list[CoefficientMatrix]:
    """What `write_matrices` wrote.

    Raises
    ------
    ValueError
        When the file is something else.
    """
    try:
        content = json.loads(Path(path).read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not a file of coefficients: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"{path} is not a file of coefficients: write one with --coefficients-out.")
    return [
        CoefficientMatrix(
            m["subject"],
            tuple(m["grades"]),
            tuple(m["years"]),
            tuple(_knots_from_dict(k) for k in m["knots"]),
            np.asarray(m["taus"]),
            np.asarray(m["coefficients"]),
            m["n"],
            m["loss"],
        )
        for m in content["matrices"]
    ]


def _knots_as_dict(knots: Knots) -> dict[str, Any]:
    return {
        "knots": list(knots.interior),
        "boundaries": list(knots.boundaries),
        "loss.hoss": [knots.lowest, knots.highest],
    }


def _knots_from_dict(found: Mapping[str, Any]) -> Knots:
    low, high = found["boundaries"]
    lowest, highest = found.get("loss.hoss", (low, high))
    return Knots(tuple(map(float, found["knots"])), (float(low), float(high)), float(lowest), float(highest))


def read_knots(path: Path) -> dict[str, Knots]:
    """Knots by grade, from JSON (`{"3": {"knots": [...], "boundaries": [...], "loss.hoss": [...]}}`) or CSV.

    The CSV has the columns item, i, value, with items such as `knots_3` and `boundaries_3`, as R's SGP names them.

    Raises
    ------
    ValueError
        When a grade lacks its four knots or two boundaries.
    """
    path = Path(path)
    if path.suffix == ".json":
        found: dict[str, dict[str, Any]] = json.loads(path.read_text())
        if not isinstance(found, dict) or not all(isinstance(parts, dict) for parts in found.values()):
            raise ValueError(
                f"{path} does not hold knots by grade. `edmeasures sgp --knots-out` writes such a file."
            )
    else:
        found = {}
        with path.open(newline="") as lines:
            for row in csv.DictReader(lines):
                if not {"item", "value"} <= set(row):
                    raise ValueError(
                        f"{path}: the columns item, i and value are needed, not {', '.join(row)}."
                    )
                item, _, grade = str(row.get("item")).rpartition("_")
                found.setdefault(grade, {}).setdefault(item, []).append(float(row["value"]))
    for grade, parts in found.items():
        if len(parts.get("knots", ())) != 4 or len(parts.get("boundaries", ())) != 2:
            raise ValueError(f"{path}, grade {grade}: four knots and two boundaries are needed, not {parts}.")
    return {grade: _knots_from_dict(parts) for grade, parts in found.items()}


def write_knots(path: Path, knots: Mapping[str, Knots]) -> None:
    """As JSON, by grade."""
    Path(path).write_text(json.dumps({grade: _knots_as_dict(k) for grade, k in knots.items()}))
