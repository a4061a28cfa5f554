"""Growth: percentiles, targets, value tables, value-added."""

from ...indicator import Indicator, Source
from ..dates import reviewed

_BETEBENNER = Source(
    title="Betebenner, Norm- and criterion-referenced student growth (2009)",
    where="Educational Measurement: Issues and Practice 28(4), pages 42-51",
)
_NWEA = Source(
    title="NWEA Connection, median conditional growth percentile",
    where="22, 45, 99 have the median 45; the Achievement Status and Growth report takes the lower of two",
)
_NYSED = Source(
    title="New York State Education Department, growth model", where="equal steps to the standard"
)
_DELAWARE = Source(
    title="Hill and others, Using value tables to explicitly value student growth (2006)",
    where="points by prior level and level",
)
_EFRON = Source(
    title="Efron and Morris, Stein's paradox in statistics (1977)",
    where="Scientific American 236(5), pages 119-127: estimates move to the mean by how uncertain they are",
)
_DERSIMONIAN = Source(
    title="DerSimonian and Laird, Meta-analysis in clinical trials (1986)",
    where="Controlled Clinical Trials 7, pages 177-188: variance between units",
)
_TVAAS = Source(
    title="TVAAS, technical documentation",
    where="growth index: measure over its standard error, unrounded",
    url="https://tvaas.sas.com",
)

INDICATORS: tuple[Indicator, ...] = (
    reviewed(
        code="median_growth_percentile",
        title="Median growth percentile",
        question="What is the growth percentile of the middle student?",
        subject="growth",
        unit="percentile",
        direction="higher",
        kind="whole",
        grain="organisation",
        numerator="growth percentile of the middle result",
        denominator="",
        tables=("organisations", "growth_percentiles"),
        received="growth_percentiles",
        parameters=("even_median",),
        sql="median_growth_percentile.sql",
        sources=(_BETEBENNER, _NWEA),
        caution="Of two middle values some reports take the lower one: the counting rules say which. No level is in it.",
    ),
    reviewed(
        code="mean_growth_percentile",
        title="Mean growth percentile",
        question="What is the average growth percentile?",
        subject="growth",
        unit="percentile",
        direction="higher",
        kind="ratio",
        numerator="sum of growth percentiles",
        denominator="growth percentiles",
        tables=("organisations", "enrolments", "growth_percentiles"),
        received="growth_percentiles",
        sql="mean_growth_percentile.sql",
        sources=(_BETEBENNER,),
        caution="Percentiles are ranks; their mean is steadier than the median and less true to the word.",
    ),
    reviewed(
        code="adequate_growth",
        title="Adequate growth",
        question="What share of students grew as much as they needed to?",
        subject="growth",
        unit="share",
        direction="higher",
        kind="ratio",
        numerator="results whose growth percentile reaches the adequate one",
        denominator="results with an adequate growth percentile",
        tables=("organisations", "enrolments", "growth_percentiles"),
        received="growth_percentiles",
        sql="adequate_growth.sql",
        sources=(_BETEBENNER,),
        caution="Who is far behind needs growth that few have ever had: a low share can be a matter of the start.",
    ),
    reviewed(
        code="growth_to_standard",
        title="Growth to standard",
        question="What share of students are on the way to the standard in time?",
        subject="growth",
        unit="share",
        direction="higher",
        kind="ratio",
        numerator="results at or above the target of the year",
        denominator="results with a baseline and years left",
        tables=("organisations", "enrolments", "growth_targets"),
        received="growth_targets",
        sql="growth_to_standard.sql",
        sources=(_NYSED,),
        caution="A straight line to the cut is a plan, not a forecast. Scales are rarely straight.",
    ),
    reviewed(
        code="value_table_points",
        title="Value table points",
        question="How many points do changes of level earn?",
        subject="growth",
        unit="points",
        direction="higher",
        kind="ratio",
        numerator="points of the changes of level",
        denominator="results with a level now and a year ago",
        tables=("organisations", "enrolments", "level_changes", "value_table"),
        received="level_changes",
        sql="value_table_points.sql",
        sources=(_DELAWARE,),
        caution="The table says what a change is worth; two tables rank schools differently.",
    ),
    reviewed(
        code="value_added",
        title="Value-added, shrunk",
        question="How far do results stand above or below what was expected, given how uncertain that is?",
        subject="growth",
        unit="scale points",
        direction="higher",
        kind="whole",
        grain="organisation",
        numerator="estimate",
        denominator="its standard error",
        tables=("organisations", "growth_estimates"),
        received="growth_estimates",
        sql="value_added.sql",
        sources=(_EFRON, _DERSIMONIAN),
        caution="Shrunk to the mean of all schools here: small schools look average at first. The model decides what was expected.",
    ),
    reviewed(
        code="growth_index",
        title="Growth index",
        question="How sure is it that growth differs from what was expected?",
        subject="growth",
        unit="standard errors",
        direction="higher",
        kind="whole",
        grain="organisation",
        numerator="estimate",
        denominator="its standard error",
        tables=("organisations", "growth_estimates"),
        received="growth_estimates",
        sql="growth_index.sql",
        sources=(_TVAAS,),
        caution="A measure of certainty: a large school has a large index for a small difference.",
    ),
)
