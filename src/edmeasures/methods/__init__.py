"""Statistics over arrays, one per file. Each returns a small frozen dataclass that says what it is."""
