from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.users.forms.profile import ProfileForm
from apps.users.models import User
from apps.users.requests import SignedInRequest
from apps.users.signals import profile_changed


@require_http_methods(["GET", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Name, time zone and language of who is signed in."""
    # Not request.user: what a refused form wrote into it would stand in the page's head.
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "GET" or not form.is_valid():
        return render(request, "account/profile.html", {"form": form}, status=422 if form.is_bound else 200)
    form.save()
    profile_changed.send(User, request=request, user=person, changed=form.changed_data)
    messages.success(request, "Your profile is saved.")
    return redirect("users:profile")
