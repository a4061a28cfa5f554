from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Upper


class UserAccounts(BaseUserManager["User"]):
    """Users are found by their sign-in name, whatever its case."""

    def get_by_natural_key(self, username: str) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A way to sign in. Holds no school facts; the person behind it is in the roster."""

    username = models.CharField(max_length=255, unique=True)
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=255)
    language = models.CharField(max_length=10, default="en-us")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(
        default=False, help_text="Made by the demo builder; may use one-click sign-in."
    )
    created_at = models.DateTimeField()

    objects = UserAccounts()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [
            # As `iexact` compares, so that finding by name and being unique mean the same.
            models.UniqueConstraint(Upper("username"), name="accounts_user_username_without_case")
        ]

    def __str__(self) -> str:
        return self.username


class Permission(models.Model):
    """Something a role may do, as a code and a sentence a person can read."""

    code = models.CharField(max_length=60, primary_key=True)
    sentence = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Role(models.Model):
    """A role that a post gives: principal, teacher, governor. What it may do, and which students it reaches."""

    class StudentScope(models.TextChoices):
        ORGANISATION = "organisation", "all students of the post's organisation and those below it"
        CLASSES = "classes", "students of the classes this person teaches"
        NONE = "none", "no individual student"

    code = models.CharField(max_length=40, primary_key=True)
    title = models.CharField(max_length=80)
    student_scope = models.CharField(max_length=20, choices=StudentScope, default=StudentScope.NONE)
    permissions = models.ManyToManyField(Permission, blank=True, related_name="roles")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class AuditEntry(models.Model):
    """One thing a person (or the system) did or read. Ids only; never a name, a mark or a note. Append-only."""

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="audit_entries")
    verb = models.CharField(max_length=60, help_text="noun.verb, such as student.viewed")
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    student_id = models.BigIntegerField(
        null=True, help_text="The student it is about, for the family's own view."
    )
    reason = models.CharField(max_length=200, blank=True, help_text="Why the person may, or why it was done.")
    detail = models.JSONField(default=dict, blank=True, help_text="Ids and field names only.")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["student_id", "-at"]),
            models.Index(fields=["object_type", "object_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"


class SignInFailure(models.Model):
    """One wrong password, as digests of the name that was typed and of the address. Forgotten after a day."""

    name_digest = models.CharField(max_length=64)
    address_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["name_digest", "-at"]),
            models.Index(fields=["address_digest", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class SecondFactor(models.Model):
    """A phone that shows a new code every half minute. One per sign-in; it counts once a first code has fitted."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    secret = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(
        default=0, help_text="The half minute of the last code: none is used twice."
    )

    def __str__(self) -> str:
        return f"{self.pk}"


class RecoveryCode(models.Model):
    """A code for the day when the phone is not there. Kept as a digest, used once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["user", "id"]

    def __str__(self) -> str:
        return f"{self.pk}"


class Site(models.Model):
    """The one row that says what this database is. `made_by_demo` opens one-click sign-in."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    made_by_demo = models.BooleanField(default=False)
    demo_today = models.DateField(null=True, help_text="The demo's frozen school day.")
    term_pack = models.CharField(max_length=10, default="en-us")
    name = models.CharField(max_length=255, blank=True, help_text="What people call the school or district.")
    country = models.CharField(
        max_length=20, blank=True, help_text="Whose rules and words: us, england, other."
    )
    time_zone = models.CharField(max_length=60, blank=True, help_text="Empty: CRESCENDO_TIME_ZONE.")
    language = models.CharField(
        max_length=10, blank=True, help_text="For people who have not chosen one; empty: the site's English."
    )
    needs_second_factor = models.BooleanField(
        default=False, help_text="Whoever manages rights, posts or the site signs in with a code as well."
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_site_is_one_row")]

    def __str__(self) -> str:
        return "site"
