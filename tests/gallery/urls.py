from django.urls import include, path

from tests.gallery import views

urlpatterns = [
    path("", views.home),
    path("contents/", views.contents),
    path("enter/", views.enter),
    path("page/<path:template>", views.any_template),
    path("mail/<str:name>", views.mail),
    path("accounts/", include("allauth.urls")),
]
