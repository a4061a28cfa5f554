"""1.2 has one base for each service, 1.1 one for all. What lies below is found in `paths`."""

from django.urls import path, re_path

from . import entities, views

app_name = "oneroster"
urlpatterns = [
    *(
        path(
            f"{name}/v1p2/<path:rest>",
            views.service,
            {"service": name, "version": entities.V12},
            name=f"{name}_read",
        )
        for name in ("rostering", "gradebook")
    ),
    path("v1p1/<path:rest>", views.service, {"service": "", "version": entities.V11}, name="all_read"),
    re_path("^(?P<rest>.*)$", views.nothing_here, name="nothing_here"),
]
