"""Named random streams: the same seed and name give the same numbers, whatever else is drawn before."""

import zlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for one purpose, so that a change in one part leaves every other part as it was."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))
