"""python -m edmeasures: the same as the command edmeasures."""

from .cli import main

if __name__ == "__main__":
    main()
