from django.urls import URLPattern

app_name = "categorization"
urlpatterns: list[URLPattern] = []
