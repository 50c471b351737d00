"""Asking which of the two a mark is, where no amount of a file decides."""

from .amounts import read_amount
from .questions import Question


def decimal_question(sample: str) -> Question:
    """The question about an amount such as "1,000" or "1.000", with both ways to read it."""
    options = tuple((mark, f"{read_amount(sample, mark):,.2f}") for mark in ".,")
    readings = " or ".join(reading for _, reading in options)
    sentence = f'The amount "{sample}" can be read in two ways and no other decides. Does it mean {readings}?'
    return Question("decimal_mark", sentence, sample, options)
