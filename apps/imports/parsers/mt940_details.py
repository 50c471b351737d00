"""Field ``:86:`` of MT940: who the counterparty is and what a transaction was for.

Three ways to write it are read: German subfields (``166?00…?20…?32…``, read by the mt-940 library), the code words of
Dutch and other banks (``/NAME/…/REMI/…``) and free text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_CODE_WORDS = (
    "TRTP|TRCD|IBAN|BIC|NAME|REMI|USTD|STRD|EREF|PREF|MARF|CSID|ORDP|BENM|ADDR|ISDT|RTRN|ULTD|ULTB|ULTC|PURP|CNTP|"
    "SVCL|CHGS|EXCH|OCMT|NRTX|ID|CUR|CDTRREFTP|CD|ISSR|CDTRREF"
)
_CODED = re.compile(rf"/({_CODE_WORDS})(?=/)")
_OTHER_MARK = re.compile(r"[0-9]{3}([~<^>])[0-9]{2}")
_GLUED_IBAN = re.compile(r"\s*\bIBAN:?\s*[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}(?:\s*BIC:?\s*[A-Z0-9]{8,11})?\s*$")


@dataclass(frozen=True, slots=True)
class Details:
    """Counterparty, purpose and the payer's reference; '' for what is not told."""

    merchant: str = ""
    purpose: str = ""
    reference: str = ""


def with_question_marks(text: str) -> str:
    """Subfields marked by another sign than the question mark, as Polish and Austrian banks do, with it."""
    other = _OTHER_MARK.match(text)
    return text.replace(other[1], "?") if other else text


def read_details(data: Mapping[str, object]) -> Details:
    """From what the mt-940 library made of the field."""
    free = str(data.get("transaction_details") or "")
    if not free:
        purpose = _text(data, "purpose") or _text(data, "additional_purpose") or _text(data, "posting_text")
        name = _text(data, "applicant_name") or _text(data, "recipient_name")
        return Details(name, _GLUED_IBAN.sub("", purpose), _text(data, "end_to_end_reference"))
    # Code words may be cut by the end of a line of 65 characters; words of free text are not.
    joined = "".join(free.split("\n"))
    return _coded(joined) if _CODED.match(joined.strip()) else Details(purpose=" ".join(free.split()))


def _text(data: Mapping[str, object], name: str) -> str:
    return " ".join(str(data.get(name) or "").split())


def _coded(text: str) -> Details:
    """The first value of each code word; USTD and STRD only say how the purpose in REMI is written."""
    words: dict[str, str] = {}
    pieces = _CODED.split(text)
    last = ""
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        key = last if word in {"USTD", "STRD"} and last == "REMI" else word
        value = " ".join(value.strip("/ ").split())
        words[key] = words.get(key) or value
        last = key
    party = [part.strip() for part in words.get("CNTP", "").split("/")]
    name = words.get("NAME") or (party[2] if len(party) > 2 else "")
    return Details(name, words.get("REMI") or words.get("TRTP", ""), words.get("EREF", ""))
