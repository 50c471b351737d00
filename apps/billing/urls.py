"""The public site: what the plans cost."""

from django.urls import path

from apps.billing.views import pricing

app_name = "pricing"
urlpatterns = [path("", pricing.plans, name="plans")]
