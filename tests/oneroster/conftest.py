import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from crescendo.api import rate


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    rate.forget()
