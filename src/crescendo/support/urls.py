from django.urls import path

from .views import giving, opening, pages

app_name = "support"
urlpatterns = [
    path("", pages.support_list, name="support_list"),
    path("open/", opening.support_open, name="support_open"),
    path("open-class/", opening.support_open_class, name="support_open_class"),
    path("open-several/", opening.support_open_several, name="support_open_several"),
    path("<int:support_id>/", pages.support_page, name="support_page"),
    path("<int:support_id>/sessions/", giving.delivery_log, name="delivery_log"),
    path(
        "<int:support_id>/sessions/<int:delivery_id>/take-back/",
        giving.delivery_take_back,
        name="delivery_take_back",
    ),
    path("<int:support_id>/scores/", giving.progress_record, name="progress_record"),
    path("<int:support_id>/family/", giving.family_tell, name="family_tell"),
    path("<int:support_id>/review/", giving.review_decide, name="review_decide"),
    path("<int:support_id>/close/", pages.support_close, name="support_close"),
]
