from django.urls import path

from .views import areas, turns

app_name = "years"
urlpatterns = [
    path("", turns.turn_begin, name="turn_begin"),
    path("switched-on/", areas.area_list, name="area_list"),
    path("switched-on/switch/", areas.area_switch, name="area_switch"),
    path("<int:turn_id>/", turns.turn_view, name="turn_view"),
    path("<int:turn_id>/progress/", turns.turn_progress, name="turn_progress"),
    path("<int:turn_id>/students/", turns.line_list, name="line_list"),
    path("<int:turn_id>/again/", turns.turn_again, name="turn_again"),
    path("<int:turn_id>/do/", turns.turn_do, name="turn_do"),
    path("<int:turn_id>/leave/", turns.turn_leave, name="turn_leave"),
    path("<int:turn_id>/undo/", turns.turn_undo, name="turn_undo"),
]
