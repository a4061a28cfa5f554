"""A student's or a group's support: the concern, what is done, how often it was delivered, how it went, the decision."""
