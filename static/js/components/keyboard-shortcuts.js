import { moveInRows, pressInRow } from "../row-keys.js";

const CHORD_MS = 1200;
const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

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
    if (key === "j") return moveInRows(1);
    if (key === "k") return moveInRows(-1);
    if (key === "?") this.dialog.showModal();
    return key === "?" || pressInRow(key);
  }

  search() {
    const input = document.querySelector("input[type=search]");
    input?.select();
    input?.focus();
    return input;
  }
}

customElements.define("keyboard-shortcuts", KeyboardShortcuts);
