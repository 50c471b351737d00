const CHORD_MS = 1200;
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

class KeyboardShortcuts extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.onKey = (event) => this.press(event);
    document.addEventListener("keydown", this.onKey);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog:modal")) return;
    const isChord = performance.now() - (this.gAt ?? -CHORD_MS) < CHORD_MS;
    this.gAt = event.key === "g" && !isChord ? performance.now() : undefined;
    if (isChord ? this.go(event.key) : this.act(event.key)) event.preventDefault();
  }

  go(key) {
    const link = this.querySelector(`a[data-go="${CSS.escape(key)}"]`);
    link?.click();
    return link;
  }

  act(key) {
    if (key === "/") return this.search();
    if (key === "j") return this.move(1);
    if (key === "k") return this.move(-1);
    if (key === "?") this.dialog.showModal();
    return key === "?";
  }

  search() {
    const input = document.querySelector("input[type=search]");
    input?.select();
    input?.focus();
    return input;
  }

  move(step) {
    const rows = [...document.querySelectorAll("[data-row]")];
    const now = rows.indexOf(document.activeElement?.closest("[data-row]"));
    const row = rows[now < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, now + step))];
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
    return row;
  }
}

customElements.define("keyboard-shortcuts", KeyboardShortcuts);
