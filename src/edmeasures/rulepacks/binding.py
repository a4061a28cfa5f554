"""A rule pack as the SELECTs read it: scalars by name, and small tables of rows."""

from __future__ import annotations

from functools import cache, lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, TypeAlias

from . import ks4
from .pack import RulePack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..compose import Parameter
    from ..indicator import Indicator

Rows: TypeAlias = tuple[tuple[object, ...], ...]

#: Points of the normal curve equivalent per standard deviation, so that 1, 50 and 99 are those of the percentile rank.
NCE_PER_SD = 21.0638


def bindings(pack: RulePack, indicator: Indicator | None = None) -> dict[str, Parameter]:
    """What a SELECT may ask of a pack, and what the definition itself fixes.

    Examples
    --------
    >>> from edmeasures import rulepacks
    >>> bindings(rulepacks.get("us-federal"))["minimum_days"]
    10
    """
    threshold = pack.severe if indicator and "severe" in indicator.parameters else pack.chronic
    found: dict[str, Parameter] = {
        "assume_recorded": pack.days_without_submission == "recorded",
        "absence_categories": pack.absence_categories,
        "counting": pack.counting,
        "minimum_days": pack.minimum_days,
        "threshold_part": threshold.part,
        "threshold_whole": threshold.whole,
        "threshold_owns_boundary": threshold.boundary == "at_or_above",
        "streak_days": pack.streak_days,
        "mobility_grace_days": pack.mobility_grace_days,
        "on_track_grades": pack.on_track_grades,
        "credits_needed": pack.credits_needed,
        "core_failures_allowed": pack.core_failures_allowed,
    }
    return found | _conventions(pack) | _standards(pack) | dict(indicator.fixed if indicator else ())


def _conventions(pack: RulePack) -> dict[str, Parameter]:
    """Who counts, and on which days."""
    return {
        "exit_day_counts": pack.exit_day == "last_day",
        "minimum_share_part": pack.minimum_share[0],
        "minimum_share_whole": pack.minimum_share[1],
        "attended_once": pack.attended_once,
        "leavers_count": pack.leavers == "counted",
        "counts_per_school": pack.grain == "per_school",
        "truancy_days": pack.truancy_days,
        "recent_days": pack.recent_days,
        "early_days": pack.early_days,
        "early_absences": pack.early_absences,
        "silent_days": pack.silent_days,
        "at_risk_attendance": pack.attendance_levels[0],
        "warning_attendance": pack.attendance_levels[1],
        "warning_incidents": pack.conduct_levels[0],
        "at_risk_incidents": pack.conduct_levels[1],
    }


def _standards(pack: RulePack) -> dict[str, Parameter]:
    """What is expected of results."""
    return {
        **{f"{part}_weight": weight for part, weight in pack.index_weights},
        "survey_minimum_part": pack.survey_minimum[0],
        "survey_minimum_whole": pack.survey_minimum[1],
        "mastery_part": pack.mastery.part,
        "mastery_whole": pack.mastery.whole,
        "mastery_owns_boundary": pack.mastery.boundary == "at_or_above",
        "proficient_level": pack.proficient_level,
        "norm_margin": pack.norm_margin,
        "even_takes_lower": pack.even_median == "lower",
        "dif_characteristic": pack.dif_group[0],
        "dif_focal": pack.dif_group[1],
        "target_years": pack.target_years,
        "target_minimum": pack.target_minimum,
        "ks4_pupil_sd": pack.ks4_pupil_sd,
        "ebacc_pass": pack.ebacc_pass,
        "novice_years": pack.novice_years,
    }


@lru_cache(maxsize=32)
def rows_of(pack: RulePack) -> Mapping[str, tuple[dict[str, str], Rows]]:
    """What a pack says in rows: for each table of `compose.OF_PACK` its columns with their types, and its rows."""
    return {
        "register_codes": (
            {"code": "text", "kind": "text", "reason": "text"},
            tuple((c.code, c.kind, c.reason) for c in pack.register_codes),
        ),
        "attendance_bands": (
            {"tier": "integer", "lower_percent": "integer", "owns_boundary": "integer"},
            tuple(
                (len(pack.bands) - i, band.lower_percent, int(band.boundary == "at_or_above"))
                for i, band in enumerate(pack.bands)
            ),
        ),
        "level_weights": ({"level": "integer", "points": "integer"}, pack.level_weights),
        "ks4_subjects": ({"subject": "text", "pillar": "text"}, ks4.SUBJECTS[pack.ks4_version]),
        "nce_of_percentile": ({"percentile": "integer", "nce": "number"}, _nce()),
    }


@cache
def _nce() -> Rows:
    return tuple((p, 50 + NCE_PER_SD * NormalDist().inv_cdf(p / 100)) for p in range(1, 100))
