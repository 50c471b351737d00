from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """To another page by GET, whatever brought one here. The policy of the pages names the hosts it may lead to."""

    status_code = 303
