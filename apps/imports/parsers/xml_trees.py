"""XML read as a stream: the small trees of chosen elements, each with its line, and nothing else in memory.

defusedxml's expat reader refuses a document type, so no entity is ever declared, expanded or fetched. Text is fed to
it already decoded; names come without their namespace prefix, since every version of a message has its own.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from .errors import ForbiddenContent

DEPTH_LIMIT = 64
"""Levels of elements. The deepest bank message has about twenty."""
TREE_LIMIT = 100_000
"""Elements of one tree that are kept. Further ones are left away and the tree says so."""
VALUE_LIMIT = 10_000
"""Characters of one value that are kept."""


@dataclass(slots=True)
class Tree:
    """An element: name without prefix, attributes, text, children, 1-based physical line of its opening tag.

    ``is_cut`` if it had too many elements and the last of them were left away.
    """

    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: "list[Tree]" = field(default_factory=list)
    is_cut: bool = False

    def all(self, *path: str) -> "Iterator[Tree]":
        """The elements at the end of the path of names, below this one."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> "Tree | None":
        return next(self.all(*path), None)

    def value(self, *path: str) -> str:
        """The text of the first element at the path that has any, with blanks brought down to one; else ''."""
        return next((" ".join(found.text.split()) for found in self.all(*path) if found.text.strip()), "")

    def source(self, limit: int) -> str:
        """The element written out again, as long as asked for at most."""
        written = ""
        rest: list[Tree | str] = [f"</{self.name}>", self]
        while rest and len(written) < limit:
            part = rest.pop()
            if isinstance(part, str):
                written += part
                continue
            written += f"<{part.name}>{part.text.strip()}"
            for child in reversed(part.children):
                rest += [f"</{child.name}>", child]
        return written[:limit]


@dataclass(frozen=True, slots=True)
class Boundary:
    """The opening (or closing) of an element that no tree holds."""

    name: str
    closes: bool
    line: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the XML ends to be XML: the line, what is wrong in expat's words, and the tree that was open."""

    line: int
    problem: str
    is_cut: bool
    tree: Tree | None


Event = Boundary | Tree | Broken


class _Handler(ContentHandler):
    def __init__(self, wanted: Container[str], line: Callable[[], int]) -> None:
        super().__init__()
        self._wanted = wanted
        self._line = line
        self._depth = 0
        self._kept = 0
        self.open: list[Tree] = []
        self.events: list[Event] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's own name
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise ForbiddenContent(
                f"Line {self._line()}: the elements are nested {DEPTH_LIMIT} deep, where a statement has about 20; "
                "the file is not read. Download it from the bank again."
            )
        local = name.rpartition(":")[2]
        if not self.open and local not in self._wanted:
            self.events.append(Boundary(local, closes=False, line=self._line()))
            return
        tree = Tree(local, self._line(), dict(attrs.items()) if attrs else {})
        if self.open:
            self._kept += 1
            if self._kept <= TREE_LIMIT:
                self.open[-1].children.append(tree)
            else:
                self.open[0].is_cut = True
        self.open.append(tree)

    def endElement(self, name: str) -> None:  # noqa: N802
        self._depth -= 1
        if not self.open:
            self.events.append(Boundary(name.rpartition(":")[2], closes=True, line=self._line()))
            return
        tree = self.open.pop()
        if not self.open:
            self._kept = 0
            self.events.append(tree)

    def characters(self, content: str) -> None:
        if self.open and len(self.open[-1].text) < VALUE_LIMIT:
            self.open[-1].text += content


def read_trees(pieces: Iterable[str], wanted: Container[str]) -> Iterator[Event]:
    """The trees of the wanted elements and the boundaries of all elements around them, in the order of the file.

    XML that breaks off ends in one Broken. Raises ForbiddenContent.
    """
    parser = defusedxml.sax.make_parser()
    handler = _Handler(wanted, parser.getLineNumber)
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    try:
        for piece in pieces:
            parser.feed(piece)
            yield from handler.events
            handler.events.clear()
        parser.close()
    except DefusedXmlException:
        raise ForbiddenContent(
            "The file declares a document type or entities of its own, which no bank does; it is not read. "
            "Download it from the bank again."
        ) from None
    except SAXParseException as error:
        yield from handler.events
        yield _broken(handler, error)


def _broken(handler: _Handler, error: SAXParseException) -> Broken:
    problem = error.getMessage()
    line = error.getLineNumber() or 1
    is_cut = problem in {"no element found", "unclosed token", "unclosed CDATA section"}
    return Broken(line, problem, is_cut, handler.open[0] if handler.open else None)
