"""Pages of a school year's turn, and of what is switched on."""
