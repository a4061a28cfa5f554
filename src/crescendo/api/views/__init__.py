"""The doors' pages and addresses."""
