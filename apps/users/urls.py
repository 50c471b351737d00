from django.urls import path

from apps.users import confirming

app_name = "users"
urlpatterns = [path("confirm/", confirming.confirm, name="confirm")]
