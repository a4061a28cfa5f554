"""Every parser keeps its promise for what it is meant to read, and for that in which a little was changed."""

import base64
import io
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import promise, targets
from thorough import few_or_all

changes = st.lists(
    st.tuples(
        st.floats(0, 1), st.sampled_from(["drop", "double", "flip", "put"]), st.binary(min_size=1, max_size=6)
    ),
    max_size=4,
)


def changed(data: bytes, made: list[tuple[float, str, bytes]]) -> bytes:
    """The bytes with a piece dropped, said twice, flipped, or put in between."""
    for share, what, piece in made:
        at = int(share * len(data))
        end = at + len(piece)
        middle = {
            "drop": b"",
            "double": data[at:end] * 2,
            "flip": bytes(255 - one for one in data[at:end]),
            "put": piece + data[at:end],
        }
        data = data[:at] + middle[what] + data[end:]
    return data


@pytest.fixture(scope="module", autouse=True)
def _quickly() -> object:
    with promise.quickly():
        yield


def _parquet_of_odd_integers() -> bytes:
    """A column of whole numbers of five bits, says the schema that Arrow keeps beside."""
    out = io.BytesIO()
    pq.write_table(pa.table({"a": pa.array([1], pa.int64())}), out)
    start, schema, end = re.split(rb"(/////[A-Za-z0-9+/]+=*)", out.getvalue(), maxsplit=1)
    odd = base64.b64encode(base64.b64decode(schema).replace(b"\x40\0\0\0", b"\x05\0\0\0"))
    return b"\x02" + start + odd + end


FOUND = {
    "integers of five bits": ("table_files", _parquet_of_odd_integers()),
    "a cell with half a line end": ("scrubbing", b'"password"x\r\ra,"pas\rs'),
    "a namespace that is no address": (
        "edfi_xml",
        b'== Student.xml\n<InterchangeStudent xmlns="http://ed-fi.org/5}2.0"/>',
    ),
    "roles without ids and without roles": (
        "oneroster_package",
        b"\x00== manifest.csv\npropertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.roles,bulk\n"
        b"file.users,bulk\n== roles.csv\nuserSourcedId,orgSourcedId\na,d\n== users.csv\nsourcedId,username\na,a\n",
    ),
    "users without ids": (
        "oneroster_package",
        b"\x00== manifest.csv\npropertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.roles,bulk\n"
        b"file.users,bulk\n== roles.csv\nuserSourcedId,role\na,student\n== users.csv\nusername\na\n",
    ),
}


@pytest.mark.parametrize("what", FOUND)
def test_what_the_fuzzing_hour_found_stays_mended(what: str) -> None:
    name, data = FOUND[what]
    targets.find(name).try_one(data)


@pytest.mark.thorough
@pytest.mark.parametrize("name", targets.names())
def test_every_parser_keeps_its_promise_for_the_corpus(name: str) -> None:
    target = targets.find(name)
    for seed in target.seeds()[: few_or_all(1, None)]:
        with promise.bounded():
            target.try_one(seed)


@pytest.mark.thorough
@pytest.mark.parametrize("name", targets.names())
def test_every_parser_keeps_its_promise_when_a_little_was_changed(name: str) -> None:
    target = targets.find(name)

    @settings(
        max_examples=few_or_all(2, 300),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=not few_or_all(0, 1),  # the gate asks the same every time; the long run asks anew
    )
    @given(st.sampled_from(target.seeds()), changes)
    def check(seed: bytes, made: list[tuple[float, str, bytes]]) -> None:
        with promise.bounded():
            target.try_one(changed(seed, made))

    check()


@pytest.mark.long
def test_a_fuzzer_steered_by_coverage_finds_nothing_in_half_a_minute() -> None:
    if not find_spec("atheris"):
        pytest.skip("atheris is not installed: make fuzz installs it, where there is one for this machine")
    done = subprocess.run(
        [sys.executable, "-m", "fuzz", "--seconds", "30"],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
