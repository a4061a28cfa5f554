"""One person, one record: pairs of students that may be the same person are proposed, a person decides, and every
merge can be split again.

    scoring     what speaks for two records being one person, in published weights
    proposing   finds the pairs (the worker, in DuckDB) and keeps them as proposals
    merging     moves everything of one record to the other, with the rows as they were; splits again
    actions     what people decide; `tasks` is the worker's side
"""
