from django.urls import path

from . import views

app_name = "records"
urlpatterns = [path("marks", views.mark_send, name="mark_send")]
