from django.contrib.postgres.fields import ArrayField
from django.db import models


class Imported(models.Model):
    """A row that a source may own: what the source said beyond our columns, and when it said the row is over.

    Nothing is deleted: `ended_on` is the day the row ceased to hold (or the source dropped it).
    """

    source = models.CharField(
        max_length=60, blank=True, help_text="Slug of the source that owns the row; blank: made here."
    )
    ended_on = models.DateField(null=True, blank=True)
    metadata = models.JSONField(
        default=dict, blank=True, help_text="Columns of the source that we keep but do not use."
    )

    class Meta:
        abstract = True


class NamedPerson(Imported):
    """A person's names as they want to be called, and a sort key with accents folded."""

    given_name = models.CharField(max_length=255)
    middle_name = models.CharField(max_length=255, blank=True)
    family_name = models.CharField(max_length=255)
    preferred_given_name = models.CharField(max_length=255, blank=True)
    preferred_family_name = models.CharField(max_length=255, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    sort_key = models.CharField(
        max_length=520, blank=True, db_index=True, help_text="family given, folded, lower case"
    )
    identifier = models.CharField(
        max_length=255, blank=True, help_text="The number people know this person by."
    )
    username = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    owned_fields = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Columns that somebody corrected here: imports leave them alone.",
    )
    user = models.OneToOneField(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"

    @property
    def name(self) -> str:
        """The name to greet the person by: preferred before official."""
        given = self.preferred_given_name or self.given_name
        return f"{given} {self.preferred_family_name or self.family_name}".strip()
