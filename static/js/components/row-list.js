/** Opens a row of the list below itself, and closes it again. Without JavaScript the row's link opens its page. */
class RowList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.click(event), { capture: true });
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.escape(event.target));
    this.addEventListener("htmx:afterSwap", (event) => this.refresh(event));
  }

  click(event) {
    const link = event.target.closest("a[data-opens]");
    if (!link) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return event.stopPropagation(); // A new tab, not htmx.
    const more = document.getElementById(link.dataset.opens);
    if (!more) return this.open(link);
    event.preventDefault();
    event.stopPropagation();
    this.close(more);
  }

  open(link) {
    const row = link.closest("tr");
    const more = document.createElement("tr");
    const cell = more.insertCell();
    more.className = "ledger__more";
    cell.colSpan = row.cells.length;
    cell.id = link.dataset.opens;
    row.after(more);
    link.setAttribute("aria-expanded", "true");
  }

  close(more) {
    if (!more) return;
    const link = this.querySelector(`a[data-opens="${more.id}"]`);
    more.closest("tr").remove();
    link.setAttribute("aria-expanded", "false");
    link.focus();
  }

  escape(element) {
    if (element.closest("dialog")) return;
    const opens = element.closest("tr")?.querySelector("a[data-opens]")?.dataset.opens;
    this.close(element.closest(".ledger__more > td") ?? (opens && document.getElementById(opens)));
  }

  // A row that was changed in the list is shown anew below itself, where it is open.
  refresh({ target: row, detail }) {
    const link = row.matches("tr") && row.querySelector("a[data-opens]");
    const more = link && document.getElementById(link.dataset.opens);
    if (!more) return;
    link.setAttribute("aria-expanded", "true");
    if (!detail.target.matches("tr")) return;
    globalThis.htmx.ajax("GET", link.href, { source: link, target: more, select: link.getAttribute("hx-select") });
  }
}

customElements.define("row-list", RowList);
