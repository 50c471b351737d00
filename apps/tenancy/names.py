"""Names of schemas and roles. A household's role has the name of its schema; its narrow one is named after it.

Names are opaque: catalogues, logs and NOTIFY are readable by every login, so no customer's text goes into them.
"""

import re
import secrets

from django.conf import settings

SCHEMA_NAME = re.compile(r"h[0-9a-z]{2,40}")
# Without vowels no word comes out by chance; without l, o, 0, 1 a name can be read out over the telephone.
_LETTERS = "23456789bcdfghjkmnpqrstvwxz"
EXTENSIONS_SCHEMA = "extensions"


def new_schema_name() -> str:
    """A fresh name with 57 bits of chance in it."""
    return "h" + opaque(12)


def opaque(length: int) -> str:
    """`length` random letters and digits that are hard to misread."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def is_schema_name(name: str) -> bool:
    """Whether `name` can be a household's schema; such a name needs no quoting and folds to itself."""
    return SCHEMA_NAME.fullmatch(name) is not None


def narrow_role(schema_name: str) -> str:
    """The second role of a household, which row-level security keeps from some accounts. It can be no schema's name."""
    return f"{schema_name}_narrow"


def login(alias: str) -> str:
    """The database login of one of the aliases `default`, `households`, `owner`."""
    return str(settings.DATABASES[alias]["USER"])
