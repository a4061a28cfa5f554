"""A site's real start: from an empty database to the first page that is of use, by screens alone or by one command.

What is done is read from what exists (people, files, calendars, numbers); one small row keeps what only a person can
say: "these are our schools", "these roles are right", "invite later". So a set-up that is left half-way is taken up
where it was, and a step done twice changes nothing twice. What the school's other systems hold is never asked here.
"""
