"""What the doors keep about a person, forgotten when the person is erased."""

from django.db import connection

# A finding is [row, key, status, problem, student].
_FORGET = """
UPDATE api_batch SET findings = coalesce((
    SELECT jsonb_agg(one ORDER BY place) FROM jsonb_array_elements(findings) WITH ORDINALITY AS f(one, place)
    WHERE one->>4 IS DISTINCT FROM %(student)s), '[]')
WHERE EXISTS (SELECT 1 FROM jsonb_array_elements(findings) one WHERE one->>4 = %(student)s)
"""


def forget_student(*, student_id: int) -> None:
    """Take the answers about the student out of the batches: a key or a sentence may name them."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"student": str(student_id)})
