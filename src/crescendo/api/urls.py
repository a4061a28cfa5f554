from django.urls import path

from .views import clients, intake, statements, tokens

app_name = "api"
urlpatterns = [
    path("oauth/token", tokens.token_issue, name="token_issue"),
    path("api/v1/openapi.json", intake.document_read, name="document_read"),
    path("api/v1/batches", intake.batch_send, name="batch_send"),
    path("api/v1/batches/<uuid:number>", intake.batch_status, name="batch_status"),
    path("api/v1/xapi/statements", statements.statement_list, name="statement_list"),
    path("api/v1/xapi/about", statements.statement_about, name="statement_about"),
    path("connections/", clients.client_list, name="client_list"),
    path("connections/<int:client_pk>/end/", clients.client_end, name="client_end"),
]
