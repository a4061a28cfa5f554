"""An erased student's other record is forgotten with them: the one that was put away when the two were merged."""

from django.db import connection


def forget_student(*, student_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_forget_student(%s)", [student_id])
