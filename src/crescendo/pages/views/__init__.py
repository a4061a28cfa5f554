"""The pages that are composed of many domains. Each title is the question that the page answers."""
