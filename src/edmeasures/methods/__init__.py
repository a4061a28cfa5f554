"""Statistics over arrays, one subject per file. Each returns a small frozen dataclass that says what it is.

Nothing is imported here, so that a page that needs one interval does not wait for a library of models. What stands where:

shares and means    wilson, newcombe, ratio, funnel, survey_estimates
over time           xmr, run_chart, runs_test, control_chart, subgroup_chart, western_electric, making_data_count, slopes
one student         nonoverlap, single_case_effects, goals, goal_attainment, streaks
effects             hedges_g, wwc, linear_model, matching, benjamini_hochberg
models              mixed_model, survival, james_stein
ranking             ranking, calibration
scales, agreement   alpha, omega, kappa, krippendorff, icc
going together      pearson, spearman, centring
scores              nce, growth_index, rating_composite, pareto

A gap, an infinity or a word in a list is an error that names the list and its rows. Where a method has nothing to say, its
figures are NaN and `reason` says why.
"""
