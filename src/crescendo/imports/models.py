from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A system that sends files: the student information system, a test vendor. `slug` owns the rows it brought."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, help_text="oneroster or table: which reader takes its files.")
    settings = models.JSONField(
        default=dict, blank=True, help_text="Mapping, date order, how ids are matched."
    )

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.slug


class ImportRun(models.Model):
    """One delivery of a source, from the raw bytes to the applied rows, and back if it is undone."""

    class State(models.TextChoices):
        LANDED = "landed", _("received")
        CHECKED = "checked", _("checked")
        WAITING = "waiting", _("waiting for your OK")
        REFUSED = "refused", _("refused")
        APPLIED = "applied", _("applied")
        UNDONE = "undone", _("undone")
        FAILED = "failed", _("stopped before it was done")

    WORKING = (State.LANDED, State.CHECKED)

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=20, choices=State, default=State.LANDED)
    is_strict = models.BooleanField(default=False)
    is_dry_run = models.BooleanField(default=False)
    file_name = models.CharField(max_length=255, help_text="As the person who sent it called it.")
    landed = models.JSONField(default=list, help_text="[{name, sha256, bytes}]: raw bytes kept by content.")
    raw_must_go = models.BooleanField(
        default=False,
        help_text="Somebody was erased whom the raw bytes may hold: they go after their last use.",
    )
    raw_removed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the raw bytes were deleted; the rows and counts stay."
    )
    options = models.JSONField(
        default=dict, blank=True, help_text="What the reader was told: a mapping's name."
    )
    counts = models.JSONField(
        default=dict, blank=True, help_text="Per file: read, applied, unchanged, set_aside."
    )
    preview = models.JSONField(
        default=dict, blank=True, help_text="Per target: created, changed, ended, samples."
    )
    reasons = models.JSONField(default=list, blank=True, help_text="Why it waits for a person's OK.")
    message = models.TextField(blank=True, help_text="Why it stopped, without personal data.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["source", "state"])]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.pk} {self.state}"

    @property
    def held_back(self) -> list[int]:
        """Schools whose rows a person kept as they are when saying yes to the rest; 0: rows without a school."""
        return list(self.options.get("held_back", []))


class PickUp(models.Model):
    """How files of a source arrive without anybody sending them, and when they are expected. No password stands here."""

    class Way(models.TextChoices):
        HAND = "hand", _("somebody sends them")
        FOLDER = "folder", _("from a watched folder on this server")
        SFTP = "sftp", _("from a folder on another server (SFTP)")
        API = "api", _("asked of the system's own interface (API)")

    class After(models.TextChoices):
        MOVE = "move", _("move it to the folder 'taken'")
        LEAVE = "leave", _("leave it where it is")
        DELETE = "delete", _("delete it")

    class Unit(models.TextChoices):
        DAYS = "days", _("school days")
        HOURS = "hours", _("hours of school days")

    source = models.OneToOneField(Source, on_delete=models.CASCADE, primary_key=True, related_name="pick_up")
    way = models.CharField(max_length=10, choices=Way, default=Way.HAND)
    place = models.CharField(
        max_length=400, blank=True, help_text="Below CRESCENDO_INBOX, or on the other server."
    )
    pattern = models.CharField(max_length=100, default="*", blank=True)
    is_one_delivery = models.BooleanField(default=False, help_text="All files of the folder belong together.")
    after = models.CharField(max_length=10, choices=After, default=After.MOVE)
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=22)
    user_name = models.CharField(max_length=100, blank=True)
    host_key = models.TextField(
        blank=True, help_text="The other server's public key, pinned: 'ssh-ed25519 AAAA...'"
    )
    every_minutes = models.PositiveIntegerField(default=15)
    from_hour = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Once a day, from this hour on."
    )
    expected_every = models.PositiveIntegerField(null=True, blank=True)
    expected_unit = models.CharField(max_length=5, choices=Unit, default=Unit.DAYS)
    expected_since = models.DateTimeField(
        null=True, blank=True, help_text="Before this, nothing was expected."
    )
    seen = models.JSONField(
        default=dict, blank=True, help_text="{file: [bytes, changed, seen at]}: not yet still."
    )
    looked_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last delivery came, new or the same."
    )
    late_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.source_id} {self.way}"


class Look(models.Model):
    """What came of looking for files, kept as one line for as long as it stays the same."""

    class Outcome(models.TextChoices):
        NOTHING = "nothing", _("nothing new")
        UNREADY = "unready", _("a file is still arriving")
        TAKEN = "taken", _("brought in")
        SAME = "same", _("the same bytes again: nothing was done")
        BLOCKED = "blocked", _("an import waits for an OK: nothing was taken")
        FAILED = "failed", _("could not be done")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="looks")
    outcome = models.CharField(max_length=10, choices=Outcome)
    code = models.CharField(max_length=40, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    said = models.CharField(
        max_length=400, blank=True, help_text="What went wrong; never a name, a mark or a password."
    )
    run = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, related_name="+")
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-last_at", "-id"]
        indexes = [models.Index(fields=["source", "last_at"])]

    def __str__(self) -> str:
        return f"{self.source_id} {self.outcome} {self.code}"


class Taken(models.Model):
    """Bytes that were picked up once: the same bytes again do nothing. The hash is of the file as it came."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="taken")
    sha256 = models.CharField(max_length=64)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+")
    marks = models.JSONField(
        default=dict, help_text="{file: [bytes, changed]} as it lay there when it was last seen."
    )
    tries = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["source", "sha256"], name="imports_taken_once")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.sha256[:12]}"


class Progress(models.Model):
    """How far a run is, written on a connection of its own so that a page can read it while the run works."""

    run = models.OneToOneField(ImportRun, on_delete=models.CASCADE, primary_key=True, related_name="progress")
    step = models.CharField(max_length=40)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.run_id} {self.step}"


class Finding(models.Model):
    """Something wrong or worth knowing about a file: where, what was expected, what came (masked), what to do."""

    class Severity(models.TextChoices):
        ERROR = "error", _("error")
        ROW = "row", _("row set aside")
        NOTICE = "notice", _("notice")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=80)
    severity = models.CharField(max_length=10, choices=Severity)
    file = models.CharField(max_length=255, blank=True)
    row = models.BigIntegerField(
        null=True, blank=True, help_text="As a spreadsheet shows it: the header is row 1."
    )
    column = models.CharField(max_length=255, blank=True)
    expected = models.CharField(max_length=300, blank=True)
    received_masked = models.CharField(max_length=120, blank=True)
    what_to_do = models.CharField(max_length=300, blank=True)
    count = models.BigIntegerField(
        default=1, help_text="Rows of this file with the same finding; `row` is the first."
    )

    class Meta:
        ordering = ["run", "id"]

    def __str__(self) -> str:
        return f"{self.code} {self.file} {self.row}"


class Ending(models.Model):
    """A stored row that a waiting delivery would end or take back, with its school. Gone when somebody has decided."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="endings")
    target = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    school_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["run", "id"]
        indexes = [models.Index(fields=["run", "school_id", "target"])]

    def __str__(self) -> str:
        return f"{self.target} {self.object_id}"


class SetAsideRow(models.Model):
    """A row of a file that was not used, and why. The first of each file and reason are kept, cells masked."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="set_aside_rows")
    file = models.CharField(max_length=255)
    row = models.BigIntegerField()
    code = models.CharField(max_length=80)
    column = models.CharField(max_length=255, blank=True)
    received_masked = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["run", "file", "row", "id"]

    def __str__(self) -> str:
        return f"{self.file} row {self.row} {self.code}"


class Change(models.Model):
    """One stored row that a run changed, ended or retracted: the row before and after, so that undo is exact."""

    class Action(models.TextChoices):
        CHANGED = "changed"
        ENDED = "ended"
        RETRACTED = "retracted"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    target = models.CharField(max_length=60)
    action = models.CharField(max_length=10, choices=Action)
    object_id = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "target", "object_id"])]

    def __str__(self) -> str:
        return f"{self.target} {self.object_id} {self.action}"


class CreatedRows(models.Model):
    """The rows of one target that a run created (facts carry the run in `import_id` and are not listed here)."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="created_rows")
    target = models.CharField(max_length=60)
    object_ids = ArrayField(models.BigIntegerField())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.target} +{len(self.object_ids)}"
