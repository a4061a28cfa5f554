from django.urls import path

from .views import mappings, pick_up, runs, sending, two_files

app_name = "imports"
urlpatterns = [
    path("", runs.import_list, name="import_list"),
    path("send/", sending.import_send, name="import_send"),
    path("two-lists/", two_files.two_files_send, name="two_files_send"),
    path("two-lists/meaning/", two_files.two_files_confirm, name="two_files_confirm"),
    path("layout/", mappings.mapping_known, name="mapping_known"),
    path("columns/", mappings.mapping_columns, name="mapping_columns"),
    path("values/", mappings.mapping_values, name="mapping_values"),
    path("sources/<slug:slug>/", pick_up.source_page, name="source_page"),
    path("sources/<slug:slug>/look/", pick_up.source_look, name="source_look"),
    path("sources/<slug:slug>/mapping.json", mappings.mapping_export, name="mapping_export"),
    path("<int:run_id>/", runs.import_detail, name="import_detail"),
    path("<int:run_id>/progress/", runs.import_progress, name="import_progress"),
    path("<int:run_id>/approve/", runs.import_approve, name="import_approve"),
    path("<int:run_id>/endings/", runs.import_endings, name="import_endings"),
    path("<int:run_id>/reject/", runs.import_reject, name="import_reject"),
    path("<int:run_id>/undo/", runs.import_undo, name="import_undo"),
    path("<int:run_id>/findings/", runs.finding_list, name="finding_list"),
    path("<int:run_id>/findings.csv", runs.finding_export, name="finding_export"),
    path("<int:run_id>/set-aside.csv", mappings.set_aside_export, name="set_aside_export"),
    path("<int:run_id>/set-aside/", runs.set_aside_list, name="set_aside_list"),
]
