from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The public front page; who is signed in goes on to their household."""
    if request.user.is_authenticated:
        return redirect("onboarding:start")
    return render(request, "pages/home.html")
