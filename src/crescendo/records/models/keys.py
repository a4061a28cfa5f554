from django.db import models


class SendingKey(models.Model):
    """What another system shows to send marks. Only a digest is kept; the key itself is shown once.

    A key acts for the administrator who made it: it can do no more than that person may, and nothing once they have left.
    """

    source = models.CharField(max_length=60, help_text="The system that sends, as imports name it.")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"key {self.pk} of {self.source}"
