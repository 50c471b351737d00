from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from allauth.core.context import request_context
from django.test import Client, RequestFactory

from tests.conftest import PASSWORD


@pytest.fixture
def confirmed_client(client: Client) -> Client:
    """A browser in which our household's owner has signed in and given the password once more."""
    client.post("/accounts/login/", {"login": "ours@example.com", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/profile/"})
    return client


@pytest.fixture
def commit_default(django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]) -> Callable:
    """`with commit_default(): …` runs what waits for the commit of the people plane, within a request as in the product."""

    @contextmanager
    def commit() -> Iterator[None]:
        with request_context(RequestFactory().get("/")), django_capture_on_commit_callbacks(execute=True):
            yield

    return commit
