from django.db import models
from django.db.models import Q

from crescendo.roster.models import FamilyMember, StaffMember, Student

OPEN = Q(accepted_at__isnull=True, withdrawn_at__isnull=True)


class Invitation(models.Model):
    """A way in for one person of the roster, used once: by a letter with a link, or by a printed code.

    Of the secret only a digest is kept. `renew` gives somebody who has a sign-in a new password, and takes away the
    second factor of a device they have lost.
    """

    class Purpose(models.TextChoices):
        JOIN = "join"
        RENEW = "renew"

    class Way(models.TextChoices):
        LETTER = "letter"
        CODE = "code"

    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.JOIN)
    way = models.CharField(max_length=10, choices=Way)
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    family_member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, null=True, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", help_text="Who came of it."
    )
    username = models.CharField(max_length=255, help_text="The sign-in name that it will give.")
    email = models.CharField(max_length=255, blank=True, help_text="Where the letter goes; empty for a code.")
    nonce = models.CharField(
        max_length=64, help_text="What the letter's secret is made from, with the site's key."
    )
    number = models.BigIntegerField(
        null=True, unique=True, help_text="What stands before a printed code, drawn by chance."
    )
    digest = models.CharField(max_length=64, help_text="Keyed digest of the secret.")
    created_at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    wrong_codes = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=False, family_member__isnull=True, student__isnull=True)
                | Q(staff__isnull=True, family_member__isnull=False, student__isnull=True)
                | Q(staff__isnull=True, family_member__isnull=True, student__isnull=False),
                name="access_invitation_for_one_person",
            ),
            *(
                models.UniqueConstraint(fields=[who], condition=OPEN, name=f"access_one_open_by_{who}")
                for who in ("staff", "family_member", "student")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
