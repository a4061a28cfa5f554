"""Rows that a check found about an erased student are forgotten; the counts stay."""

from django.db import connection


def forget_student(*, student_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quality_forget_student(%s)", [student_id])
