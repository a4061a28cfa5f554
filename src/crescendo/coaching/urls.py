from django.urls import path

from . import views

app_name = "coaching"
urlpatterns = [
    path("", views.coaching_list, name="coaching_list"),
    path("new/", views.agreement_invite, name="agreement_invite"),
    path("counts/", views.coaching_counts, name="coaching_counts"),
    path("<int:agreement_id>/", views.agreement_page, name="agreement_page"),
    path("<int:agreement_id>/answer/", views.agreement_answer, name="agreement_answer"),
    path("<int:agreement_id>/stop/", views.agreement_stop, name="agreement_stop"),
    path("<int:agreement_id>/cycles/new/", views.cycle_start, name="cycle_start"),
    path("<int:agreement_id>/sessions/new/", views.session_plan, name="session_plan"),
    path("<int:agreement_id>/steps/new/", views.step_set, name="step_set"),
    path("cycles/<int:cycle_id>/review/", views.cycle_review, name="cycle_review"),
    path("sessions/<int:session_id>/", views.session_page, name="session_page"),
    path("sessions/<int:session_id>/call-off/", views.session_call_off, name="session_call_off"),
    path("sessions/<int:session_id>/feedback/", views.feedback_give, name="feedback_give"),
    path("steps/<int:step_id>/", views.step_check, name="step_check"),
]
