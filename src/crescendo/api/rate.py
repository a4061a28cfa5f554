"""So many requests a minute, by client and web process: what one client asks does not slow the pages of a school.

Counted in memory. A count in the database would make each request of a client wait for the one before it.
"""

import threading
import time
from collections import defaultdict

_lock = threading.Lock()
_asked: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
MOST_KNOWN = 10_000


def seconds_to_wait(who: str, per_minute: int) -> int:
    """0: come in. Else how many seconds until the next minute begins."""
    now = time.monotonic()
    minute = int(now // 60)
    with _lock:
        if len(_asked) > MOST_KNOWN:
            _asked.clear()
        began, asked = _asked[who]
        asked = asked + 1 if began == minute else 1
        _asked[who] = (minute, asked)
    return 0 if asked <= per_minute else 60 - int(now % 60)


def forget() -> None:
    """Begin anew (tests)."""
    with _lock:
        _asked.clear()
