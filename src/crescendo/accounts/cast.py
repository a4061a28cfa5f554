"""The demo's cast in words, for the sign-in page of a demo. Whether anybody may use it is decided by the database."""

from django.utils.translation import gettext_lazy as _

# username: who this is, and what to look at
CAST = {
    "dina": _("District leader: every school"),
    "priya": _("Principal of one school"),
    "tess": _("Teacher; Sam is in her class"),
    "otto": _("Teacher at another school: sees nothing of Sam"),
    "cora": _("Counselor"),
    "ivo": _("Instructional coach"),
    "fay": _("Sam's mother; reads Spanish"),
    "sam": _("Student"),
    "hana": _("Personnel"),
    "max": _("Mentor; heads the mathematics department"),
    "mona": _("Moderator"),
    "ana": _("Data analyst: imports and checks"),
    "gus": _("Governor: sees totals, no student"),
    "adam": _("Administrator: sets the site up"),
    "bryn": _("Parent whom a court has barred from Sam's record"),
}
