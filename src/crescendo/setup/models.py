from django.db import models

from crescendo.roster.models import Organisation


class SetupProgress(models.Model):
    """What only a person can say about the set-up: one row, made with the first administrator.

    A site without the row was set up before there was a set-up, or is a demo: nothing of it waits.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Made at the start, until files came.",
    )
    began_at = models.DateTimeField()
    adopted_at = models.DateTimeField(
        null=True, help_text="Somebody said: what the file brought are our schools."
    )
    calendar_at = models.DateTimeField(null=True, help_text="Somebody said: these are our school days.")
    roles_at = models.DateTimeField(null=True, help_text="Somebody said: these roles are right.")
    invited_at = models.DateTimeField(null=True, help_text="People were invited, or will be later.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="setup_setupprogress_is_one_row")
        ]

    def __str__(self) -> str:
        return "set-up"
