from django.urls import path

from crescendo.indicators import views

app_name = "indicators"
urlpatterns = [
    path("definitions/", views.definition_list, name="definition_list"),
    path("definitions/<slug:code>/", views.definition_view, name="definition_view"),
]
