from .plans import Plan
from .steps import Action, CheckIn, GoalRevision, Review, Share
from .teams import Team, TeamMember

__all__ = ["Action", "CheckIn", "GoalRevision", "Plan", "Review", "Share", "Team", "TeamMember"]
