"""Student growth percentiles by Betebenner's method, exact to the vertex of each quantile regression, and fast.

Words: a *cohort* is the students of one grade, subject and year; their *progression* is the grades and years they came
through; the *norm group* is who was fitted together; its *order* is the number of prior scores. A student's *growth
percentile* says which share of students with the same past scored lower this year.
"""

from .coefficients import (
    CoefficientMatrix,
    fit_matrix,
    read_knots,
    read_matrices,
    write_knots,
    write_matrices,
)
from .cohorts import CohortPercentiles, cohort_percentiles, knots_by_grade
from .panels import Panel, PanelError, panel_of, read_table
from .percentiles import GrowthPercentiles, growth_percentiles
from .projections import adequate_growth, growth_targets, project
from .regression import QuantileFits, quantile_regression
from .splines import Knots, knots_of
from .summaries import mean_percentile, median_percentile

__all__ = [
    "CoefficientMatrix",
    "CohortPercentiles",
    "GrowthPercentiles",
    "Knots",
    "Panel",
    "PanelError",
    "QuantileFits",
    "adequate_growth",
    "cohort_percentiles",
    "fit_matrix",
    "growth_percentiles",
    "growth_targets",
    "knots_by_grade",
    "knots_of",
    "mean_percentile",
    "median_percentile",
    "panel_of",
    "project",
    "quantile_regression",
    "read_knots",
    "read_matrices",
    "read_table",
    "write_knots",
    "write_matrices",
]
