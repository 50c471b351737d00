const MORE = ".ledger__more";
const moreOf = (row) => (row?.nextElementSibling?.matches(MORE) ? row.nextElementSibling : null);

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
    const more = moreOf(link.closest("tr"));
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
    row.after(more);
    link.setAttribute("aria-expanded", "true");
  }

  close(more) {
    if (!more) return;
    const link = more.previousElementSibling.querySelector("a[data-opens]");
    more.remove();
    link.setAttribute("aria-expanded", "false");
    link.focus();
  }

  escape(element) {
    if (element.closest("dialog")) return;
    const row = element.closest(".ledger--rows > tbody > tr");
    this.close(row?.matches(MORE) ? row : moreOf(row));
  }

  // A row that was changed in the list is shown anew below itself, where it is open.
  refresh({ target: row, detail }) {
    const link = row.matches("tr") && row.querySelector("a[data-opens]");
    const more = link && moreOf(row);
    if (!more) return;
    link.setAttribute("aria-expanded", "true");
    if (!detail.target.matches("tr")) return;
    globalThis.htmx.ajax("GET", link.href, { source: link, target: more.cells[0], select: link.getAttribute("hx-select") });
  }
}

customElements.define("row-list", RowList);
