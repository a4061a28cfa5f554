from django.urls import path

from .views import looking, opening, working

app_name = "plans"
urlpatterns = [
    path("", looking.goal_list, name="goal_list"),
    path("new/", opening.plan_open, name="plan_open"),
    path("teams/new/", opening.team_open, name="team_open"),
    path("<int:plan_id>/", looking.plan_page, name="plan_page"),
    path("<int:plan_id>/begin/", opening.plan_begin, name="plan_begin"),
    path("<int:plan_id>/check-in/", working.check_in, name="check_in"),
    path("<int:plan_id>/steps/new/", working.action_add, name="action_add"),
    path("steps/<int:action_id>/done/", working.action_finish, name="action_finish"),
    path("<int:plan_id>/review/", working.plan_review, name="plan_review"),
    path("<int:plan_id>/close/", working.plan_close, name="plan_close"),
    path("<int:plan_id>/change/", working.goal_change, name="goal_change"),
    path("<int:plan_id>/share/", working.plan_share, name="plan_share"),
    path("<int:plan_id>/share/<int:staff_id>/end/", working.plan_unshare, name="plan_unshare"),
]
