"""Which groups are hidden from whoever may not see the students behind them.

Decided once, for all groups of a run together: two pages can then never be subtracted from each other.
"""

import numpy as np
import pyarrow as pa

SMALLEST_SHOWN = 10


def suppressed(groups: pa.Table) -> pa.Array:
    """For each group, whether it is hidden: too few students, or it would give away one that is."""
    counted = groups["n_students"].fill_null(0).to_numpy()
    aside = groups["n_not_evaluated"].fill_null(0).to_numpy()
    hidden = (counted + aside < SMALLEST_SHOWN) & (counted + aside > 0)
    family = _families(groups)
    for members in np.split(np.argsort(family, kind="stable"), np.cumsum(np.bincount(family))[:-1]):
        if hidden[members].sum() == 1 and len(members) > 1:
            others = members[~hidden[members]]
            hidden[others[np.argmin(counted[others])]] = True
    return pa.array(hidden)


def _families(groups: pa.Table) -> np.ndarray:
    """Groups that add up to one whole share a number."""
    keys = [
        groups[column].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
        for column in ("organisation_id", "indicator", "rule_pack", "characteristic")
    ]
    return np.unique(np.stack(keys), axis=1, return_inverse=True)[1].reshape(-1)
