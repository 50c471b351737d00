"""What a page offers: where it leads, and its forms with their fields."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

_LEADS = ("href", "src", "hx-get", "action", "formaction", "hx-post")
_VOID_KINDS = {"submit", "button", "reset", "image"}


@dataclass
class Field:
    """A control of a form. `kind` is its type attribute, or the element's own name."""

    name: str
    kind: str
    value: str = ""
    is_checked: bool = False
    options: list[str] = field(default_factory=list)
    limits: dict[str, str] = field(default_factory=dict)

    @property
    def sends(self) -> bool:
        """Whether a browser would send it as the page stands, leaving buttons aside."""
        return self.kind not in _VOID_KINDS and (self.kind not in {"checkbox", "radio"} or self.is_checked)


@dataclass
class Form:
    action: str
    method: str
    is_multipart: bool = False
    fields: list[Field] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {one.name for one in self.fields}

    def sent(self) -> dict[str, list[str]]:
        """What a browser sends when nothing is typed in."""
        values: dict[str, list[str]] = {}
        for one in self.fields:
            if one.sends and one.kind != "file":
                values.setdefault(one.name, []).append(one.value)
        return values


class Markup(HTMLParser):
    """A page, read. Addresses are absolute paths, as a browser at `address` would make them."""

    def __init__(self, text: str, address: str) -> None:
        super().__init__()
        self.address, self.leads, self.forms = address, set[str](), list[Form]()
        self._by_id: dict[str, Form] = {}
        self._open: list[Form] = []
        self._waiting: list[tuple[str, Field]] = []
        self._select: Field | None = None
        self._textarea: Field | None = None
        self.feed(text)
        self.close()
        for form_id, control in self._waiting:
            if form_id in self._by_id:
                self._by_id[form_id].fields.append(control)
        for form in self.forms:
            form.fields = list(form.fields)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.leads |= set(self._leads(given))
        if tag == "form":
            self._begin_form(given)
        elif tag in {"input", "select", "textarea", "button"} and given.get("name"):
            self._add_control(tag, given)
        elif tag == "option" and self._select is not None:
            self._add_option(given)
        if tag != "form":
            self._add_other_ways(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open:
            self._open.pop()
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea.value += data

    def _leads(self, given: dict[str, str]) -> Iterator[str]:
        for name, value in given.items():
            if name in _LEADS or (name.startswith("data-") and value.startswith("/")):
                yield self._absolute(value)

    def _absolute(self, value: str) -> str:
        return urljoin(self.address, value).partition("#")[0]

    def _begin_form(self, given: dict[str, str]) -> None:
        method = given.get("method", "get").lower()
        form = Form(self._absolute(given.get("action", "")), method, "multipart" in given.get("enctype", ""))
        self._open.append(form)
        if method != "dialog":
            self.forms.append(form)
        if "id" in given:
            self._by_id[given["id"]] = form

    def _add_other_ways(self, given: dict[str, str]) -> None:
        """A button or an htmx element sends the form around it to another address, with the fields that it will have."""
        around = self._open[-1] if self._open else Form("", "post")
        for name in ("formaction", "hx-post"):
            if name in given:
                self.forms.append(Form(self._absolute(given[name]), "post", around.is_multipart, around.fields))

    def _add_control(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text" if tag == "input" else "submit") if tag in {"input", "button"} else tag
        limits = {name: given[name] for name in ("maxlength", "minlength", "min", "max", "pattern") if name in given}
        if "required" in given:
            limits["required"] = ""
        value = given.get("value", "on" if kind in {"checkbox", "radio"} else "")
        control = Field(given["name"], kind, value, "checked" in given, limits=limits)
        if tag == "select":
            self._select = control
        elif tag == "textarea":
            self._textarea = control
        if "form" in given:
            self._waiting.append((given["form"], control))
        elif self._open:
            self._open[-1].fields.append(control)

    def _add_option(self, given: dict[str, str]) -> None:
        assert self._select is not None
        value = given.get("value", "")
        if "selected" in given or not self._select.options:
            self._select.value = value
        self._select.options.append(value)
