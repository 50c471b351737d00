"""The environment as the person gave it.

Settings for development and tests fill os.environ with what is missing, addresses of our own servers among
it. Which server is replaced by another one, and what a child process may inherit, depends on how it was
before. The settings import this package first, so this is that.
"""

import os
from types import MappingProxyType

GIVEN = MappingProxyType(dict(os.environ))
