app_name = "oneroster"
urlpatterns: list[object] = []
