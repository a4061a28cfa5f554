"""The pages of understanding. Each title is the question that the page answers."""
