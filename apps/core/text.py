"""Text as people mean it when they search: neither case nor accents count."""

import re
import unicodedata

FOLDED_ACCENTS = "\u0300-\u036f"
"""The combining marks that are taken away, as a range of a regular expression."""
FOLDED_LETTERS = ("øłđðıħ", "olddih")
"""Letters that no normal form takes apart, and what people type for them."""
_MARKS = re.compile(f"[{FOLDED_ACCENTS}]")
_LETTERS = str.maketrans(*FOLDED_LETTERS)


def folded(text: str) -> str:
    """The text in lower case and without accents: `Café Ørsted` is `cafe orsted`."""
    lower = text.lower()
    return lower if lower.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", lower)).translate(_LETTERS)
