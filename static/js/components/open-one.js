/** Of the disclosures inside, one is open at a time; a click beside them or Escape closes it. */
class OpenOne extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.leave = (event) => this.closeAllBut(event.target.closest("details"));
    document.addEventListener("click", this.leave);
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.leave);
  }

  closeAllBut(kept) {
    for (const open of this.querySelectorAll("details[open]")) if (open !== kept) open.open = false;
  }

  onKey(event) {
    const open = event.key === "Escape" && this.querySelector("details[open]");
    if (!open) return;
    event.stopPropagation();
    open.open = false;
    open.querySelector("summary").focus();
  }
}

customElements.define("open-one", OpenOne);
