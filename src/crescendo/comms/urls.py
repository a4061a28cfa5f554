from django.urls import path

from . import views

app_name = "comms"
urlpatterns = [
    path("inbox/", views.inbox_list, name="inbox_list"),
    path("inbox/<int:delivery>/open/", views.inbox_open, name="inbox_open"),
    path("inbox/read-all/", views.inbox_read_all, name="inbox_read_all"),
]
