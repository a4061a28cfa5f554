"""Which groups are hidden from whoever may not see the students behind them, and what they read instead.

Decided once, for all groups of a run together: two pages can then never be subtracted from each other.
"""

import pyarrow as pa
import pyarrow.compute as pc

from edmeasures import disclosure


def with_protection(groups: pa.Table, organisations: pa.Table) -> pa.Table:
    """The groups with `is_suppressed` (the exact number is hidden) and `shown` (the range that is shown instead)."""
    protected = disclosure.protect(groups, organisations)
    hidden = pc.not_equal(protected["suppressed"], "")
    coded = pc.and_(pc.is_valid(groups["value"]), pc.is_null(protected["value"]))
    coded = pc.and_(coded, pc.invert(hidden))
    shown = pc.if_else(coded, protected["shown"], pa.scalar(None, pa.string()))
    return groups.append_column("is_suppressed", pc.or_(hidden, coded)).append_column("shown", shown)
