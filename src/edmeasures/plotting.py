"""Charts of results for a notebook, as Altair charts to be changed further. Needs the extra ``plots``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from . import catalog
from .tables import TableError

if TYPE_CHECKING:
    import altair as alt

    from .evaluate import Results


def intervals(
    results: Results,
    indicator: str,
    *,
    by: str = "",
    organisations: Mapping[Any, str] | None = None,
) -> alt.LayerChart | alt.FacetChart:
    """Each organisation's (or group's) value with its 95 per cent interval, one colour per rule pack.

    Parameters
    ----------
    results : Results
        Of `edmeasures.evaluate`.
    indicator : str
        Its code.
    by : str
        A characteristic such as ``grade_level``; empty: everyone.
    organisations : mapping of id to name, optional
        Only these are drawn, under these names; all by their ids where left out.

    Returns
    -------
    altair.LayerChart
        Groups that were not evaluated are left out, and counted below the title.

    Raises
    ------
    TableError
        When there is nothing to draw.
    """
    import altair as alt  # noqa: PLC0415 - an extra

    declared = catalog.get(indicator)
    rows = [
        row
        for row in _of(results.groups, indicator).to_pylist()
        if row["characteristic"] == by and (organisations is None or row["organisation_id"] in organisations)
    ]
    drawn = [row for row in rows if row["value"] is not None]
    if not drawn:
        raise TableError(f"No group has a value of {indicator}{f' by {by}' if by else ''}: nothing to draw.")
    for row in drawn:
        row["where"] = (organisations or {}).get(row["organisation_id"], str(row["organisation_id"]))
        row["label"] = f"{row['where']}, {row['group_value']}" if by else row["where"]
    base = alt.Chart(pa.Table.from_pylist(drawn)).encode(y=alt.Y("label:N", title=None, sort=None))
    packs = {row["rule_pack"] for row in drawn}
    colour = alt.Color("rule_pack:N", title="Rule pack") if len(packs) > 1 else alt.value("#205493")
    axis = _axis(declared.unit)
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("lower:Q", axis=axis, title=_title(indicator)), x2="upper:Q"
    )
    tooltip = ["label:N", "rule_pack:N", "value:Q", "lower:Q", "upper:Q", "n_students:Q"]
    dots = base.mark_point(filled=True, size=70).encode(x=alt.X("value:Q", axis=axis), tooltip=tooltip)
    left_out = len(rows) - len(drawn)
    subtitle = declared.question + (f" {left_out} groups were not evaluated." if left_out else "")
    return alt.layer(bars.encode(color=colour), dots.encode(color=colour)).properties(
        title={"text": declared.title, "subtitle": subtitle}
    )


def weeks(results: Results, indicator: str, organisation: Any) -> Any:
    """An organisation's value week by week, one line per rule pack; a week without data is a gap.

    Parameters
    ----------
    results : Results
    indicator : str
        One that has a weekly series.
    organisation : id
        As in ``organisations``.

    Returns
    -------
    altair.Chart

    Raises
    ------
    TableError
        When there is no series to draw.
    """
    import altair as alt  # noqa: PLC0415 - an extra

    declared = catalog.get(indicator)
    rows = _of(results.series, indicator)
    rows = rows.filter(pc.equal(rows.column("organisation_id").cast(pa.string()), str(organisation)))
    if not rows.num_rows:
        raise TableError(f"There is no weekly series of {indicator} for organisation {organisation!r}.")
    return (
        alt.Chart(rows)
        .mark_line(point=True)
        .encode(
            x=alt.X("begins_on:T", title="Week beginning"),
            y=alt.Y(
                "value:Q", axis=_axis(declared.unit), title=_title(indicator), scale=alt.Scale(zero=False)
            ),
            color=alt.Color("rule_pack:N", title="Rule pack"),
            tooltip=["begins_on:T", "value:Q", "denominator:Q"],
        )
        .properties(title={"text": declared.title, "subtitle": declared.question})
    )


def students(results: Results, indicator: str, *, bins: int = 20) -> Any:
    """How students' own values are spread, over all schools together.

    Parameters
    ----------
    results : Results
    indicator : str
    bins : int
        At most so many bars.

    Returns
    -------
    altair.Chart

    Raises
    ------
    TableError
        When no student has a value.
    """
    import altair as alt  # noqa: PLC0415 - an extra

    declared = catalog.get(indicator)
    rows = _of(results.students, indicator)
    rows = rows.filter(pc.and_(pc.is_null(rows.column("school_id")), pc.is_valid(rows.column("value"))))
    if not rows.num_rows:
        raise TableError(f"No student has a value of {indicator}: nothing to draw.")
    return (
        alt.Chart(rows.select(["value", "rule_pack"]))
        .mark_bar()
        .encode(
            x=alt.X("value:Q", bin=alt.Bin(maxbins=bins), axis=_axis(declared.unit), title=_title(indicator)),
            y=alt.Y("count():Q", title="Students"),
            color=alt.Color("rule_pack:N", title="Rule pack"),
        )
        .properties(title={"text": declared.title, "subtitle": f"{rows.num_rows:,} students"})
    )


def _of(table: pa.Table, indicator: str) -> pa.Table:
    return table.filter(pc.equal(table.column("indicator"), indicator))


def _axis(unit: str) -> Any:
    import altair as alt  # noqa: PLC0415 - an extra

    return alt.Axis(format="%") if unit == "share" else alt.Axis()


def _title(indicator: str) -> str:
    declared = catalog.get(indicator)
    return declared.title if declared.unit == "share" else f"{declared.title}, {declared.unit}"
