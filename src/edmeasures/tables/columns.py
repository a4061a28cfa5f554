"""Columns that many tables share, in one wording."""

from .schema import Column

STUDENT = Column("student_id", "id", "The student.")
SCHOOL = Column("school_id", "id", "The school at which it happened.")
YEAR = Column("school_year", "integer", "The year in which the school year ends: 2026 is 2025-26.")
CLASS = Column("class_id", "id", "The class.")
ON = Column("on", "date", "The day.")
SUBJECT = Column("subject", "text", "The subject.")
STAFF = Column("staff_id", "id", "The member of staff.")
