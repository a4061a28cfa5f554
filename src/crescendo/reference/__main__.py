"""python -m crescendo.reference: write the pages."""

from pathlib import Path

from . import write

if __name__ == "__main__":
    print(f"wrote {write(Path('docs/reference'))} pages to docs/reference")
