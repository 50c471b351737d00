"""The banks whose files are read by a recipe: one TOML file each, and one sample under tests/imports/parsers/banks."""

import tomllib
from functools import lru_cache
from pathlib import Path

from ..errors import InvalidMapping
from ..recipe import Recipe

FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def built_in() -> tuple[Recipe, ...]:
    """All of them, in the order of their keys. Raises InvalidMapping, naming the file, for one that is wrong."""
    return tuple(load(path) for path in sorted(FOLDER.glob("*.toml")))


def load(path: Path) -> Recipe:
    """One file. Raises InvalidMapping that names it."""
    try:
        return Recipe.from_json({"key": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))})
    except (InvalidMapping, tomllib.TOMLDecodeError) as error:
        raise InvalidMapping(f"{path.name}: {error}") from error
