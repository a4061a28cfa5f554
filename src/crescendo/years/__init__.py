"""From one school year to the next: a rehearsal that changes nothing, a turn in one transaction, and the way back.

The *turn* of a year ends the enrolments of one school year on its last day and begins those of the next: a grade up,
the same grade, another school, or none. A *rehearsal* writes down for every student what would happen, a *line* each;
people decide the lines that no rule decides. Then the worker does what the lines say, keeps the rows as they were
before, and can put them back. Where another system sends next year's enrolments, nothing is turned here: they are
imported. Beside it stands the page on which a site says what is switched on.
"""
