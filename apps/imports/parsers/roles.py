"""Which column of an unknown table may hold what: by its name, by its cells, each column once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .questions import COLUMNS, Question
from .rows import quoted
from .tables import Table, date_formats, mostly_amounts

_DATE = re.compile(r"(transaction|trans|booking|posted|posting).?date|\bdate\b|datum|buchung|fecha|data\b")
_AMOUNT = re.compile(
    r"amount|debit ?/ ?credit|credit ?/ ?debit|betrag|bedrag|umsatz|montant|importe?|\bvalue\b|\bsum\b"
)
_ALONE = {"amount", "betrag", "bedrag", "umsatz", "montant", "importe", "importo", "debit/credit"}
_MONEY_OUT = re.compile(r"debit|withdraw|paid out|money out|charge|\bsoll\b|spent|expense|ausgang|débit")
_MONEY_IN = re.compile(r"credit|deposit|paid in|money in|\bhaben\b|received|income|eingang|crédit")
_BALANCE = re.compile(r"balance|running|saldo|solde|kontostand")
_DESCRIPTION = re.compile(
    r"descri|detail|memo|narrative|payee|particulars|purpose|verwendung|\btext\b|\bnotes?\b|\bname\b|omschrijving|libell"
)
_MERCHANT = re.compile(r"merchant|vendor|counterparty")
_REFERENCE = re.compile(r"\bref|transaction.id|\bid\b|number|cheque|check")
_CATEGORY = re.compile(r"categor|kategorie")
_CURRENCY = re.compile(r"currency|währung|waehrung|\bccy\b|devise|moneda|valuta\b|munt\b")
_OTHER = (_BALANCE, _DESCRIPTION, _REFERENCE, _CATEGORY)

INDICATORS = (
    ("d", "c"), ("dr", "cr"), ("dbit", "crdt"), ("debit", "credit"), ("s", "h"), ("soll", "haben"), ("af", "bij"),
    ("debet", "credit"), ("out", "in"), ("-", "+"), ("débit", "crédit"), ("withdrawal", "deposit"),
)  # fmt: skip
"""Words with which banks say that money goes out or comes in."""


@dataclass(slots=True)
class Roles:
    """Role to position. ``asked`` has a role where the names do not tell and several columns would do.

    ``descriptions`` are the positions of the description where it is of several columns.
    """

    at: dict[str, int] = field(default_factory=dict)
    descriptions: tuple[int, ...] = ()
    formats: tuple[str, ...] = ()
    out_values: tuple[str, ...] = ()
    in_values: tuple[str, ...] = ()
    asked: dict[str, Question] = field(default_factory=dict)

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(self.asked.values())


def find_roles(table: Table) -> Roles:
    return _Finder(table).find()


def chosen_roles(table: Table, chosen: Roles) -> Roles:
    """The roles as a person gave them; what they left open where it has to be asked is asked again."""
    width = len(table.headers)
    at = {role: position for role, position in chosen.at.items() if 0 <= position < width}
    texts = tuple(position for position in chosen.descriptions if 0 <= position < width)
    at |= {"description": texts[0]} if texts else {}
    roles = Roles(at=at, descriptions=texts, out_values=chosen.out_values, in_values=chosen.in_values)
    roles.formats = tuple(date_formats(table.column(at["date"]))) if "date" in at else ()
    if "indicator" in at and not (roles.out_values and roles.in_values):
        words = pair_of(table.column(at["indicator"])) or ("", "")
        roles.out_values, roles.in_values = ((word,) if word else () for word in words)
    roles.asked = find_roles(table).asked
    return roles


def pair_of(cells: Iterable[str]) -> tuple[str, str] | None:
    """The words with which these cells say that money goes out or comes in, if they are such words."""
    words = {cell.casefold() for cell in cells}
    return next((pair for pair in INDICATORS if words <= set(pair)), None) if words else None


class _Finder:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._cells = [table.column(index) for index in range(len(table.headers))]
        self._names = [header.casefold() if table.has_header else "" for header in table.headers]
        self._free = set(range(len(table.headers)))
        self._roles = Roles()

    def find(self) -> Roles:
        roles = self._roles
        formats = {index: found for index in sorted(self._free) if (found := date_formats(self._cells[index]))}
        self._only("date", formats, _DATE)
        roles.formats = tuple(formats.get(roles.at.get("date", -1), ()))
        self._free -= formats.keys()
        money = [index for index in sorted(self._free) if mostly_amounts(self._cells[index])]
        self._named("balance", [index for index in money if not _AMOUNT.search(self._names[index])], _BALANCE)
        self._money(money)
        self._texts(money)
        return roles

    def _give(self, role: str, index: int) -> None:
        self._roles.at[role] = index
        self._free.discard(index)

    def _named(self, role: str, candidates: Iterable[int], hint: re.Pattern[str]) -> bool:
        """Gives the role to the first free candidate whose name has the hint."""
        found = next((at for at in candidates if at in self._free and hint.search(self._names[at])), None)
        if found is not None:
            self._give(role, found)
        return found is not None

    def _only(self, role: str, candidates: Iterable[int], hint: re.Pattern[str]) -> None:
        """The same, or else the only candidate; of several without a telling name a person chooses."""
        free = [index for index in candidates if index in self._free]
        if not self._named(role, free, hint) and free:
            self._give(role, free[0])
            if len(free) > 1:
                self._ask(role, free)

    def _ask(self, role: str, candidates: Sequence[int], spoken: str = "") -> None:
        headers = [self._table.headers[index] for index in candidates]
        options = tuple(
            (str(index), f"{header}: {' · '.join(self._cells[index][:3])}")
            for index, header in zip(candidates, headers, strict=True)
        )
        sentence = f"Which column holds the {spoken or role}: {' or '.join(map(quoted, headers))}?"
        self._roles.asked[role] = Question(COLUMNS, sentence, self._cells[candidates[0]][0], options)

    def _money(self, money: Sequence[int]) -> None:
        """One column of amounts, or a pair of money out and money in, of which one may be quite empty."""
        possible = [index for index in sorted(self._free) if index in money or not self._cells[index]]
        outs = {index for index in possible if _MONEY_OUT.search(self._names[index])}
        ins = {index for index in possible if _MONEY_IN.search(self._names[index])}
        if outs - ins and ins - outs:
            self._give("debit", min(outs - ins))
            self._give("credit", min(ins - outs))
            return
        named = [index for index in money if index in self._free and _AMOUNT.search(self._names[index])]
        alone = [index for index in named if self._names[index].strip() in _ALONE]
        unnamed = [index for index in money if index in self._free and not self._is_named_otherwise(index)]
        with_decimals = [index for index in unnamed if any(set(cell) & set(".,") for cell in self._cells[index])]
        likely_first = sorted(unnamed, key=lambda index: index not in with_decimals)
        candidates = (alone if len(alone) == 1 else named) or likely_first
        if candidates:
            self._give("amount", candidates[0])
            if len(candidates) > 1:
                self._ask("amount", candidates)
            self._indicator(candidates[0])

    def _is_named_otherwise(self, index: int) -> bool:
        return any(hint.search(self._names[index]) for hint in _OTHER)

    def _indicator(self, amount_at: int) -> None:
        """A column of words for out and in counts where the amounts themselves have no minus."""
        if any(cell.lstrip().startswith(("-", "−", "–", "(")) or cell.rstrip().endswith(("-", "−", "–"))
               for cell in self._cells[amount_at]):  # fmt: skip
            return
        amounts = len(self._cells[amount_at])
        texts = [at for at in sorted(self._free) if self._cells[at] and not self._is_named_otherwise(at)]
        found = {at: pair for at in texts if len(self._cells[at]) >= amounts and (pair := pair_of(self._cells[at]))}
        if not found:
            return
        # The only column of text may be the description, even if every cell of it happens to be such a word.
        is_only_text = len([at for at in self._free if self._cells[at]]) == 1
        if len(found) > 1 or is_only_text:
            self._ask("indicator", list(found), "word for money out or in")
        if is_only_text:
            return
        index = next(iter(found))
        self._give("indicator", index)
        out_word, in_word = found[index]
        self._roles.out_values, self._roles.in_values = (out_word,), (in_word,)

    def _texts(self, money: Sequence[int]) -> None:
        filled = [index for index in sorted(self._free) if self._cells[index]]
        words = [index for index in filled if index not in money]
        self._named("category", words, _CATEGORY)
        self._named("currency", [index for index in words if self._holds_codes(index)], _CURRENCY)
        self._named("reference", filled, _REFERENCE)
        self._named("description", words, _DESCRIPTION)
        self._named("merchant", words, _MERCHANT)
        if "description" not in self._roles.at and "merchant" in self._roles.at:
            self._roles.at["description"] = self._roles.at.pop("merchant")
        longest_first = sorted(words, key=lambda index: -sum(map(len, self._cells[index])))
        free = [index for index in longest_first if index in self._free]
        if "description" not in self._roles.at and free:
            self._give("description", free[0])

    def _holds_codes(self, index: int) -> bool:
        return all(len(cell) == 3 and cell.isalpha() for cell in self._cells[index])
