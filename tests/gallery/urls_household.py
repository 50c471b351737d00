from django.urls import include, path

from tests.gallery import views

dashboards = [path("", views.dashboard, name="dashboard")]
ledger = [
    path("transactions/", views.transactions, name="transactions"),
    path("accounts/", views.accounts, name="accounts"),
]
imports = [path("import/", views.start, name="start")]
imports += [path("import/formats/take-in/", views.formats, name="formats-take-in")]
imports += [path(f"import/formats/<int:pk>/{name}/", views.formats, name=name) for name in ("format", "format-export")]
imports += [path(f"import/{name}/", view, name=name) for name, view in views.IMPORT_PAGES.items()]

urlpatterns = [
    path("", include((dashboards, "dashboards"))),
    path("", include((ledger, "ledger"))),
    path("", include((imports, "imports"))),
]
