"""The pages of Imports & checks: what came in (runs), bringing files in (sending), what columns mean (mappings)."""
