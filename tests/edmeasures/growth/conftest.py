"""What these tests share is imported by its name: tests are read by path, not as a package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
