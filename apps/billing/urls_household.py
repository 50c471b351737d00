"""Inside a household, below settings/plan/: its plan, and what its owner does about it."""

from django.urls import path

from apps.billing.views import buying, changing, ending, paying, plan

app_name = "billing"
urlpatterns = [
    path("", plan.plan, name="plan"),
    path("choose/", buying.choose, name="choose"),
    path("checkout/", buying.checkout, name="checkout"),
    path("return/", buying.back, name="return"),
    path("change/", changing.change, name="change"),
    path("cancel/", ending.cancel, name="cancel"),
    path("resume/", ending.resume, name="resume"),
    path("card/", paying.card, name="card"),
    path("invoices/", paying.invoices, name="invoices"),
]
