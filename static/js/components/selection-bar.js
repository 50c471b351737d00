/** The bar of what is done to ticked rows: hidden until one is ticked, and says how many are. */
class SelectionBar extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.count = this.querySelector("[data-count]");
    this.everything = this.form.elements.everything;
    this.onChange = (event) => event.target.form === this.form && this.show();
    document.addEventListener("change", this.onChange);
    this.setAttribute("data-live", "");
    this.show();
  }

  disconnectedCallback() {
    document.removeEventListener("change", this.onChange);
  }

  get ticked() {
    // Not `form.elements`: while htmx swaps the page, the boxes of the old list belong to the new form by its id.
    return this.closest("row-list").querySelectorAll('input[name="row"]:checked');
  }

  show() {
    const count = this.ticked.length;
    this.toggleAttribute("data-empty", !count && !this.everything.checked);
    this.count.textContent = this.everything.checked ? "Selected:" : `${count} selected, or`;
  }
}

customElements.define("selection-bar", SelectionBar);
