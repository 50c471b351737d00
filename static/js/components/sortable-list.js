/**
 * The [data-item]s of the form inside get another order: dragged by their [data-handle], or with Alt and an arrow key.
 * The form sends all of it. Without JavaScript the items' own buttons, named up and down, do the same.
 */
class SortableList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerdown", (event) => this.grab(event));
    this.addEventListener("keydown", (event) => this.press(event));
  }

  get items() {
    return [...this.querySelectorAll("[data-item]")];
  }

  press(event) {
    const name = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    const item = event.target.closest("[data-item]");
    if (!name || !item || !event.altKey) return;
    event.preventDefault();
    const button = item.querySelector(`button[name=${name}]`);
    button.focus();
    button.click();
  }

  grab(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button) return;
    event.preventDefault();
    const item = handle.closest("[data-item]");
    const before = this.items;
    const move = ({ clientY }) => this.drag(item, clientY);
    handle.setPointerCapture(event.pointerId);
    item.toggleAttribute("data-dragged", true);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => {
      handle.removeEventListener("pointermove", move);
      item.toggleAttribute("data-dragged", false);
      if (this.items.some((now, place) => now !== before[place])) this.querySelector("form").requestSubmit();
    }, { once: true });
  }

  // The others step aside: the item that is held must stay in the document, or it would slip from the hand.
  drag(item, y) {
    const middle = ({ top, height }) => top + height / 2;
    const { previousElementSibling: previous, nextElementSibling: next } = item;
    if (next?.matches("[data-item]") && y > middle(next.getBoundingClientRect())) item.before(next);
    else if (previous?.matches("[data-item]") && y < middle(previous.getBoundingClientRect())) item.after(previous);
  }
}

customElements.define("sortable-list", SortableList);
