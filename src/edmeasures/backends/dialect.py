"""A SELECT of the catalogue in Spark's dialect: SQLGlot's translation, and the few places where the two engines differ."""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp, parse_one


@lru_cache(maxsize=4096)
def said_in_spark(sql: str) -> str:
    """The same SELECT for Spark.

    Parameters
    ----------
    sql : str
        Written for DuckDB, parameters bound.

    Examples
    --------
    >>> said_in_spark('SELECT e."on" AS day_on FROM attendance_events AS e ORDER BY e."on"')
    'SELECT e.`on` AS day_on FROM attendance_events AS e ORDER BY e.`on` NULLS LAST'
    """
    tree = parse_one(sql, read="duckdb").transform(_respelled)
    return tree.sql(dialect="spark")


def _respelled(node: exp.Expression) -> exp.Expression:
    """One expression as Spark has it, where SQLGlot's own translation would mean something else.

    Spark divides before it drops the groups that HAVING excludes, and stops at a zero that DuckDB never divides by.
    """
    if isinstance(node, exp.Div) and not isinstance(node.expression.unnest(), exp.Literal | exp.Nullif):
        node.set("expression", exp.Nullif(this=node.expression, expression=exp.Literal.number(0)))
    return node
