"""An erased student's plans stay as numbers and days; the words about the person go (migration 0002)."""

from django.db import connection


def forget_student(*, student_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT plans_forget_student(%s)", [student_id])
