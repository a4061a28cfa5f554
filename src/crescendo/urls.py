"""Every address of the site, by app."""

from django.urls import include, path

urlpatterns = [
    path("", include("crescendo.pages.urls")),
    path("", include("crescendo.accounts.urls")),
    path("", include("crescendo.comms.urls")),
    path("", include("crescendo.indicators.urls")),
    path("", include("crescendo.insights.urls")),
    path("plans/", include("crescendo.plans.urls")),
    path("support/", include("crescendo.support.urls")),
    path("coaching/", include("crescendo.coaching.urls")),
    path("years/", include("crescendo.years.urls")),
    path("api/v1/", include("crescendo.records.urls")),
    path("", include("crescendo.api.urls")),
    path("ims/oneroster/", include("crescendo.oneroster.urls")),
    path("", include("crescendo.identity.urls")),
    path("quality/", include("crescendo.quality.urls")),
    path("imports/", include("crescendo.imports.urls")),
    path("", include("crescendo.access.urls")),
    path("setup/", include("crescendo.setup.urls")),
    path("gallery/", include("crescendo.ui.urls")),
]

# Found by Django by this name.
handler404 = "crescendo.roster.middleware.no_such_address"
handler500 = "crescendo.outage.answer"
