const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

/** The keys of the review: whatever has a data-key inside is clicked by it. Without JavaScript they are plain buttons. */
class ReviewKeys extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => this.press(event);
    document.addEventListener("keydown", this.onKey);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }

  press(event) {
    // Keys of the whole product, such as g d, come first.
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog:modal")) return;
    const chosen = this.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!chosen) return;
    event.preventDefault();
    chosen.click();
  }
}

customElements.define("review-keys", ReviewKeys);
