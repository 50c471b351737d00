"""PostgreSQL, Valkey, an S3 store, a mail catcher and a fake Stripe for a machine that has only Python.

Plain Python without Django, because the settings ask it for addresses. Each server comes as a wheel or is
ours, listens only on this machine, and keeps everything it has under one directory: copies of the project do not meet.
"""

from . import ports
from .given import GIVEN
from .server import ServerError
from .stack import Stack, Status

__all__ = ["GIVEN", "ServerError", "Stack", "Status", "ports"]
