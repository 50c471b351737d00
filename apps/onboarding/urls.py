from django.urls import path

from apps.onboarding import views

app_name = "onboarding"
urlpatterns = [
    path("start/", views.start, name="start"),
    path("households/new/", views.new, name="new"),
]
