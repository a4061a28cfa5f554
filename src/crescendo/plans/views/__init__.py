"""The pages of goals and plans. Each title is the question that the page answers."""
