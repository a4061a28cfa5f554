"""What imports keep about a person, forgotten when the person is erased."""

from django.db import connection

from . import retention


def forget_student(*, student_id: int) -> None:
    """Take the student out of the images that undo keeps, and have the raw files deleted that may hold them.

    PostgreSQL asks once more whether the viewer may. The files go by a job of their own, once this is committed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT imports_forget_student(%s)", [student_id])
    retention.mark_everything()
    from .tasks import forget_files  # noqa: PLC0415  (jobs are known once apps are ready)

    forget_files.configure().defer()
