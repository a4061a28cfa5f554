"""An erased student's invitations keep no name and no address, of the student or of adults known through them."""

from django.db import connection


def forget_student(*, student_id: int) -> None:
    """Their codes open nothing any more. PostgreSQL asks once more whether the viewer may erase."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_forget_student(%s)", [student_id])
