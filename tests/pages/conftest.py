"""Published rows are made as the tests of `indicators` make them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "indicators"))
