"""Where a SELECT runs."""
