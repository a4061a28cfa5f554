"""Erasing a student: words about the person go, days and counts stay."""

from django.db import connection


def forget_student(*, student_id: int) -> None:
    """An erased student's support stays as days and counts; words about the person go (migration 0002)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT support_forget_student(%s)", [student_id])
