"""Which plans PostgreSQL lets a page see: one text for the policies and for the pages' own filter.

It is written out over the columns of `plans_plan` instead of being a view, because a row that was added a moment ago
has to meet it too.
"""

from crescendo.roster.row_security import VISIBLE_AS_STAFF

ME = "(SELECT plans_me())"
MY_PLANS = "((SELECT plans_my_plans())::bigint[])"
MY_TEAMS = "((SELECT plans_my_teams())::bigint[])"
MY_PLACES = "((SELECT plans_my_places())::bigint[])"
LED = "((SELECT plans_my_led())::bigint[])"
MAY_SUPPORT = "(SELECT crescendo_may('support.write'))"
# Staff words about a student are not for the student's family, also where a mother works at the school: she reads what
# every family reads, and a colleague keeps the plan.
NOT_MY_CHILD = (
    "NOT EXISTS (SELECT 1 FROM crescendo_visible v WHERE v.student_id = plans_plan.student_id "
    "AND v.reason IN ('family', 'self'))"
)
STUDENT_SEEN = f"({VISIBLE_AS_STAFF.format(column='plans_plan.student_id')} AND {NOT_MY_CHILD})"

# Staff only. A student's plan never without the student. Private: the owner alone. A draft: owner and opener.
READ = f"""
{ME} IS NOT NULL
AND (plans_plan.student_id IS NULL OR {STUDENT_SEEN})
AND (
    plans_plan.owner_id = {ME}
    OR (plans_plan.visibility <> 'private' AND (
        plans_plan.opened_by_id = (SELECT crescendo_viewer())
        OR (plans_plan.state <> 'draft' AND (
            plans_plan.staff_id = {ME}
            OR plans_plan.id = ANY {MY_PLANS}
            OR plans_plan.team_id = ANY {MY_TEAMS}
            OR plans_plan.organisation_id = ANY {LED}
            OR (plans_plan.visibility = 'case' AND plans_plan.student_id IS NOT NULL AND {MAY_SUPPORT})
            OR (plans_plan.visibility = 'organisation'
                AND (plans_plan.student_id IS NOT NULL OR plans_plan.place_id = ANY {MY_PLACES}))
        ))
    ))
)
"""

OPEN = f"""
{ME} IS NOT NULL AND plans_plan.opened_by_id = (SELECT crescendo_viewer()) AND plans_plan.state <> 'closed'
AND (
    (plans_plan.student_id IS NOT NULL AND {STUDENT_SEEN} AND {MAY_SUPPORT})
    OR plans_plan.school_class_id = ANY ((SELECT crescendo_viewer_classes())::bigint[])
    OR (plans_plan.school_class_id IS NOT NULL AND {MAY_SUPPORT}
        AND plans_plan.place_id = ANY ((SELECT crescendo_viewer_schools())::bigint[]))
    OR plans_plan.staff_id = {ME}
    OR plans_plan.team_id = ANY {MY_TEAMS}
    OR ((plans_plan.school_class_id IS NOT NULL OR plans_plan.team_id IS NOT NULL) AND plans_plan.place_id = ANY {LED})
    OR plans_plan.organisation_id = ANY {LED}
)
"""

LEADS = f"""
plans_plan.owner_id = {ME}
OR plans_plan.opened_by_id = (SELECT crescendo_viewer())
OR plans_plan.organisation_id = ANY {LED}
OR (plans_plan.student_id IS NOT NULL AND {MAY_SUPPORT})
"""
CHANGE = f"({READ}) AND ({LEADS})"


def of_plan(table: str, more: str = "true") -> str:
    """Rows that hang on a plan go with it; the policy of `plans_plan` answers inside."""
    return f"EXISTS (SELECT 1 FROM plans_plan WHERE plans_plan.id = {table}.plan_id AND ({more}))"
