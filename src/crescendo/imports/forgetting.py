"""What imports keep about a person, forgotten when the person is erased."""

from django.db import connection


def forget_student(*, student_id: int) -> None:
    """Take the student out of the images that undo keeps. PostgreSQL asks once more whether the viewer may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT imports_forget_student(%s)", [student_id])
