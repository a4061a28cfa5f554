"""DuckDB and Spark answer alike: a few indicators of every shape, the kernel as a grouped map, and facts drawn at random.

Even these few take some 90 CPU seconds: 12 until Java answers, 25 for eight indicators, 35 for the grouped map and its Python
workers, 5 for each drawn question. So they are `long`, beside a minute to install Spark. `CRESCENDO_SPARK=1 bash .ci/run` runs them.
"""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from all_specs import differences, together
from drawn_facts import questions
from edmeasures import TableError, evaluate, synth
from edmeasures.backends.spark import Spark
from edmeasures.kernel import attendance_days

pytestmark = [
    pytest.mark.long,
    # pyspark does not know the newest pandas, and says so wherever it looks for it.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

#: One of each kind and population: a ratio, a share of students, a mean, a daily average, a lag, a whole; a cohort, items.
A_FEW = (
    "attendance_rate",
    "chronic_absence",
    "mean_z_score",
    "average_daily_attendance",
    "data_freshness",
    "school_index",
    "graduation_rate_4",
    "item_difficulty",
)


def answers_alike(question: tuple[dict[str, Any], dict[str, Any]], session: Any) -> None:
    """Both engines give the same tables, or refuse with the same word."""
    tables, asked = question
    refusal, duck = "", None
    try:
        duck = evaluate(tables, **asked, threads=1)
    except TableError as refused:
        refusal = str(refused)
    if duck is None:
        with pytest.raises(TableError) as other:
            evaluate(tables, **asked, backend=Spark(session))
        assert str(other.value) == refusal
    else:
        assert list(differences(duck, evaluate(tables, **asked, backend=Spark(session)))) == []


def test_a_few_indicators_of_every_shape_are_the_same_tables(session: Any) -> None:
    tables, as_of, packs = together(A_FEW)
    asked: dict[str, Any] = {
        "school_year": 2026, "as_of": as_of, "indicators": A_FEW, "rule_packs": packs,
    }  # fmt: skip
    duck = evaluate(tables, **asked, threads=1)
    assert set(duck.groups.column("indicator").to_pylist()) == set(A_FEW)
    assert list(differences(duck, evaluate(tables, **asked, backend=Spark(session)))) == []


def test_rows_behind_an_empty_chunk_are_not_lost(session: Any) -> None:
    """Found by drawn questions: a table put together of 3, 0 and 6 rows came to Spark as 3."""
    chunks = [pa.table({"n": pa.array(range(rows), pa.int64())}) for rows in (3, 0, 6)]
    engine = Spark(session)
    engine.register("put_together", pa.concat_tables(chunks))
    assert engine.arrow("SELECT COUNT(*) AS n FROM put_together").to_pylist() == [{"n": 9}]


def test_the_kernel_as_a_grouped_map_is_the_kernel(session: Any) -> None:
    made = synth.generate(students=200, seed=9, as_of=date(2026, 2, 6)).tables
    names = ("enrolments", "calendar_days", "attendance_submissions", "attendance_events")
    tables: dict[str, Any] = {name: made[name] for name in names}
    asked: dict[str, Any] = {"school_year": 2026, "as_of": date(2026, 2, 6)}
    near = attendance_days(tables, **asked, threads=1)
    assert near.num_rows >= 200
    frames = {name: session.createDataFrame(table) for name, table in tables.items()}
    # Three ranges, and nothing kept on the driver: as in a cluster.
    far = attendance_days(frames, **asked, backend=Spark(session, ranges=3, small_rows=0))
    keys = [("student_id", "ascending"), ("school_id", "ascending")]
    assert far.sort_by(keys).to_pylist() == near.sort_by(keys).to_pylist()


# A question costs Spark seconds, whatever is in it: no shrinking, which would ask for minutes.
@settings(
    max_examples=20, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(question=questions(3))
def test_drawn_facts_are_answered_alike(session: Any, question: Any) -> None:
    answers_alike(question, session)
