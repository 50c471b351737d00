"""Three ways to work the pages: by keyboard alone, with a finger on a phone, and without JavaScript."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.pages import SLOW
from tests.journeys.product import eventually

# What has the focus: where it is, whether a person can see that, and whether something lies over it.
_FOCUS = """() => {
    const it = document.activeElement;
    if (!it || it === document.body) return {name: "nothing", isSeen: false, isCovered: false};
    const near = [it, ...(it.labels ?? []), it.nextElementSibling, it.parentElement, it.parentElement?.parentElement];
    const marked = near.filter(Boolean).map((one) => getComputedStyle(one));
    const cell = it.matches("tr") && it.cells[0] && getComputedStyle(it.cells[0]).backgroundColor;
    const box = (it.labels?.[0] ?? it).getBoundingClientRect(), inner = it.getBoundingClientRect();
    const over = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) =>
        document.elementFromPoint(inner.left + inner.width * x, inner.top + inner.height * y));
    return {
        name: `${it.tagName.toLowerCase()} ${(it.ariaLabel || it.innerText || it.name || it.id || "").trim().slice(0, 40)}`,
        isSeen: marked.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
            || (cell && cell !== "rgba(0, 0, 0, 0)"),
        isCovered: inner.width > 2 && !over.some((one) => one && (it.contains(one) || one.contains(it) || [...(it.labels ?? [])].some((label) => label.contains(one)))),
    };
}"""
_IS_THERE = "(it) => document.activeElement === it"
# The same for as long as the page is; parts of it may be replaced.
_DOCUMENT = "performance.timeOrigin"
MOST_STOPS = 250


class Hand:
    """A person at the page, who does everything by its controls. Here with a mouse, and without JavaScript."""

    has_script = False

    def __init__(self, page: Page) -> None:
        self.page = page

    def go(self, name: str) -> None:
        """To a page of the main navigation."""
        self.press(self.page.get_by_label("Main", exact=True).get_by_role("link", name=name))
        self.arrive(name)

    def organize(self, name: str) -> None:
        """To a page below Organize."""
        self.press(self.page.get_by_label("Main", exact=True).get_by_role("link", name="Organize"))
        self.press(self.page.get_by_label("Organize").get_by_role("link", name=name))
        self.arrive(name)

    def arrive(self, title: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title, timeout=SLOW)

    def press(self, control: Locator) -> None:
        control.click()

    def tick(self, box: Locator) -> None:
        box.check()

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def choose(self, choices: Locator, label: str) -> None:
        choices.select_option(label)

    def choose_at_once(self, choices: Locator, label: str) -> None:
        """A choice that is kept as soon as it is made; without JavaScript by the button beside it."""
        self.choose(choices, label)
        self.press(choices.locator("xpath=ancestor::form").get_by_role("button"))

    def sees(self, sight: Locator) -> None:
        expect(sight).to_be_visible(timeout=SLOW)

    # --- what is done in the one way with keys, in another with the mouse ---------------------------------------------

    def suggestion(self, place: int) -> None:
        self.press(self.page.get_by_role("group", name="Probably").get_by_role("button").nth(place - 1))

    def later(self) -> None:
        self.press(self.page.get_by_role("link", name="Later"))

    def fine(self) -> None:
        self.press(self.page.get_by_role("button", name="Done"))

    def search(self, text: str) -> None:
        field = self.page.get_by_label("Search the transactions")
        self.write(field, text)
        field.press("Enter")

    def pick(self, merchant: str) -> None:
        """Ticks the row in the list."""
        self.tick(self.page.get_by_label(f"Select {merchant}"))

    def open(self, merchant: str) -> None:
        """All of the row: below it in the list, or its page."""
        self.press(self.page.get_by_role("link", name=merchant, exact=True).first)
        self.sees(self.page.locator(".row-detail"))

    def tick_at_once(self, box: Locator) -> None:
        """A tick that is kept as soon as it is made; without JavaScript with the others, by `keep_the_ticks`."""
        self.tick(box)

    def keep_the_ticks(self) -> None:
        self.press(self.page.get_by_role("button", name="Keep these ticks"))

    def delete_it(self) -> None:
        """The row that is open."""
        self.press(self.page.get_by_role("link", name="Delete …"))
        self.press(self.page.get_by_role("button", name="Delete the row"))


class WithScript(Hand):
    """With JavaScript choices are kept as soon as they are made, and questions are dialogs over the page."""

    has_script = True

    def arrive(self, title: str | re.Pattern[str]) -> None:
        super().arrive(title)
        self.page.wait_for_load_state()  # before that the page does not listen

    def sees(self, sight: Locator) -> None:
        super().sees(sight)
        self.page.wait_for_load_state()

    def keep_the_ticks(self) -> None:
        expect(self.page.get_by_role("button", name="Keep these ticks")).to_be_hidden()

    def delete_it(self) -> None:
        self.press(self.page.get_by_role("button", name="Delete", exact=True))
        self.press(self.page.get_by_role("dialog").get_by_role("button", name="Delete"))


class Finger(WithScript):
    """On a phone. What lies under something else cannot be tapped."""

    def go(self, name: str) -> None:
        tabs = self.page.get_by_label("Main, at the foot")
        if not tabs.get_by_role("link", name=name).is_visible():
            self.press(tabs.locator("summary"))
        self.press(tabs.get_by_role("link", name=name))
        self.arrive(name)

    def organize(self, name: str) -> None:
        tabs = self.page.get_by_label("Main, at the foot")
        self.press(tabs.locator("summary"))
        self.press(tabs.get_by_role("link", name="Organize"))
        self.press(self.page.get_by_label("Organize").get_by_role("link", name=name))
        self.arrive(name)

    def press(self, control: Locator) -> None:
        control.tap()

    def tick(self, box: Locator) -> None:
        box.tap()
        expect(box).to_be_checked()

    def write(self, field: Locator, text: str) -> None:
        field.tap()
        field.fill(text)

    def choose_at_once(self, choices: Locator, label: str) -> None:
        self.choose(choices, label)

    def tick_at_once(self, box: Locator) -> None:
        box.tap()


class Keys(WithScript):
    """The keyboard alone. Whatever has the focus must be seen to have it, and nothing may lie over it."""

    chords = {"Dashboard": "d", "Transactions": "t", "Import": "i", "Accounts": "a"}

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.faults: list[str] = []
        self.pressed_on = 0

    def key(self, *keys: str) -> None:
        self.page.wait_for_load_state()
        self.pressed_on = self.page.evaluate(_DOCUMENT)
        for key in keys:
            self.page.keyboard.press(key)

    def go(self, name: str) -> None:
        if name in self.chords:
            self.key("g", self.chords[name])
        else:
            self.press(self.page.get_by_label("Main", exact=True).get_by_role("link", name=name))
        self.arrive(name)

    def reach(self, control: Locator) -> None:
        """Tab by Tab, from where the focus is."""
        expect(control).to_be_visible()
        # From the top of a page the skip link saves the navigation.
        if self.page.evaluate("document.activeElement === document.body") and control.evaluate(
            "(it) => document.getElementById('main')?.contains(it) ?? false"
        ):
            self.key("Tab", "Enter")
        wanted = control.element_handle()
        for _ in range(MOST_STOPS):
            if wanted.evaluate(_IS_THERE):
                return self.look()
            # Back where it lies before, so that no test has to go round.
            is_before = wanted.evaluate(
                "(it) => !!(document.activeElement.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_PRECEDING)"
                " && document.activeElement !== document.body"
            )
            self.key("Shift+Tab" if is_before else "Tab")
        raise AssertionError(f"{control} is not reached by Tab")

    def look(self) -> None:
        focus = self.page.evaluate(_FOCUS)
        if not focus["isSeen"]:
            self.faults.append(f"{self.page.url}: nobody sees that {focus['name']} has the focus")
        if focus["isCovered"]:
            self.faults.append(f"{self.page.url}: something lies over {focus['name']}, which has the focus")

    def press(self, control: Locator) -> None:
        self.reach(control)
        self.key("Enter")

    def tick(self, box: Locator) -> None:
        self.reach(box)
        self.key("Space")
        expect(box).to_be_checked()

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        if field.get_attribute("type") == "date":
            year, month, day = text.split("-")
            self.page.keyboard.type(f"{month}{day}{year}")
        else:
            self.key("Control+a")
            self.page.keyboard.type(text)

    def choose(self, choices: Locator, label: str) -> None:
        """By its first letters, as in every list of choices."""
        self.reach(choices)
        self.page.keyboard.type(label)
        expect(choices.locator("option:checked")).to_have_text(label)

    def choose_at_once(self, choices: Locator, label: str) -> None:
        self.choose(choices, label)
        self.key("Enter")

    def tick_at_once(self, box: Locator) -> None:
        self.reach(box)
        self.key("Space")

    def suggestion(self, place: int) -> None:
        self.key(str(place))

    def later(self) -> None:
        self.key("n")

    def fine(self) -> None:
        self.key("d")

    def search(self, text: str) -> None:
        self.key("/")
        self.look()
        self.key("Control+a")
        self.page.keyboard.type(text)
        self.key("Enter")

    def pick(self, merchant: str) -> None:
        self.walk_to(merchant)
        self.key("x")
        expect(self.page.get_by_label(f"Select {merchant}")).to_be_checked()

    def open(self, merchant: str) -> None:
        self.walk_to(merchant)
        self.key("o")
        self.sees(self.page.locator(".row-detail"))

    def walk_to(self, merchant: str) -> None:
        """From row to row; from the last one back. In a field the letters would be typed into it."""
        if self.page.evaluate("document.activeElement.matches('input, select, textarea')"):
            self.key("Tab")
        row = self.page.locator("tr[data-row]").filter(has=self.page.get_by_role("link", name=merchant, exact=True))
        wanted = row.first.element_handle()
        for key in ("j", "k"):
            for _ in range(self.page.locator("tr[data-row]").count() + 1):
                if wanted.evaluate(_IS_THERE):
                    return self.look()
                self.key(key)
        raise AssertionError(f"{merchant} is not reached by j and k")

    def sees(self, sight: Locator) -> None:
        """And after a part of the page was replaced the focus is somewhere: who lost it would have to start again."""
        super().sees(sight)
        if self.page.evaluate(_DOCUMENT) == self.pressed_on:
            eventually(
                lambda: self.page.evaluate("document.activeElement !== document.body"), what="something has the focus"
            )
            self.look()
