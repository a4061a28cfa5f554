"""The product's command as an operator has it: with what the product needs, and none of the developers' tools."""

from pathlib import Path

COMMAND = Path(__file__).parents[1] / ".venv-product" / "bin" / "crescendo"


def crescendo() -> list[str]:
    """The command, for a list of arguments. Raises FileNotFoundError, with what to do, where it is not installed."""
    if not COMMAND.exists():
        raise FileNotFoundError(f"There is no crescendo command at {COMMAND}. Run: make .venv-product/.ready")
    return [str(COMMAND)]
