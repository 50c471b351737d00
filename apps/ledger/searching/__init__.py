"""The language of the search box: read once into frozen values (plain Python), then applied to rows as one condition.

    >50 last month amazon -refund

Words and "quoted phrases" are looked for in description, merchant and notes, whatever their case and accents. Amounts
are compared without their sign unless the search writes one. What is not of the language is a word. A leading minus
takes away what fits; everything else must fit, except that several accounts mean one of them.
"""

from apps.ledger.searching.reading import read_search
from apps.ledger.searching.terms import Search, UnreadableSearch

__all__ = ["Search", "UnreadableSearch", "read_search"]
