import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from crescendo.api import rate


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    rate.forget()
