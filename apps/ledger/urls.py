from django.urls import path

from apps.ledger import views

app_name = "ledger"
urlpatterns = [
    path("transactions/", views.transactions, name="transactions"),
    path("accounts/", views.accounts, name="accounts"),
]
