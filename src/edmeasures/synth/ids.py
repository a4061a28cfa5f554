"""How a row's number in the tables becomes the text id that the written files carry, and back.

>>> text_id("student", 100001)
'00100001'
>>> int_id("student", "00100001")
100001
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# entity: (prefix, digits). Leading zeros are part of an id, as in real systems.
FORMS: dict[str, tuple[str, int]] = {
    "organisation": ("", 4),
    "student": ("", 8),
    "staff": ("e", 6),
    "family": ("f", 7),
    "course": ("", 6),
    "class": ("c", 7),
    "item": ("i", 8),
    "enrollment": ("n", 9),
    "role": ("p", 8),
    "result": ("r", 10),
    "event": ("", 10),
}


def text_id(entity: str, number: int) -> str:
    """The text id of one row of `entity`.

    Examples
    --------
    >>> text_id("student", 100001)
    '00100001'
    """
    prefix, digits = FORMS[entity]
    return f"{prefix}{number:0{digits}d}"


def int_id(entity: str, text: str) -> int:
    """The number in the tables of a row whose files carry `text`. ValueError when it is no id of `entity`.

    Examples
    --------
    >>> int_id("student", "00100001")
    100001
    """
    prefix, digits = FORMS[entity]
    number = text.removeprefix(prefix)
    if not text.startswith(prefix) or len(number) < digits or not number.isdigit():
        raise ValueError(f"{text!r} is not an id of {entity}: expected {text_id(entity, 1)!r} or the like")
    return int(number)


def text_ids(entity: str, numbers: np.ndarray | pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """The text ids of many rows at once; null stays null.

    Examples
    --------
    >>> text_ids("staff", np.array([1, 12])).to_pylist()
    ['e000001', 'e000012']
    """
    prefix, digits = FORMS[entity]
    values = numbers if isinstance(numbers, pa.Array | pa.ChunkedArray) else pa.array(numbers, pa.int64())
    padded = pc.utf8_lpad(pc.cast(values, pa.string()), digits, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), padded, "") if prefix else padded
