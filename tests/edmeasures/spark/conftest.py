"""One Spark session for a module of tests; where Spark cannot run they skip, and say what is missing."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    pytest.importorskip(
        "pyspark", reason="pyspark is not installed: make spark, or pip install edmeasures[spark]"
    )
    if shutil.which("java") is None:
        pytest.skip("no Java: apt-get install openjdk-17-jre-headless")
    from edmeasures.backends.spark import local_session  # noqa: PLC0415 - an extra

    # Short jobs end before the second compiler has paid for itself; one small collector is enough for few rows.
    options = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(
            "PYSPARK_SUBMIT_ARGS", f'--conf "spark.driver.extraJavaOptions={options}" pyspark-shell'
        )
        made = local_session(memory_limit="2GB", threads=2)
    yield made
    made.stop()
