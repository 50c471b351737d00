from django.urls import path

from apps.onboarding import views

app_name = "onboarding"
urlpatterns = [path("start/", views.start, name="start")]
