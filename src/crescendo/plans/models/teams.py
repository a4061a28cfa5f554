from django.db import models

from crescendo.roster.models import Organisation, StaffMember


class Team(models.Model):
    """People who work on something together: a grade team, a department, an improvement team."""

    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    created_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="plans_team_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """That somebody belongs to a team; until `ended_on`, if that is set."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="team_members")
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["team", "staff"]
        constraints = [
            models.UniqueConstraint(fields=["team", "staff"], name="plans_teammember_once"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} in {self.team_id}"
