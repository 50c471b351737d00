/** The keys of a list: its rows are marked data-row, and what a row offers says its key, as <a data-key="e">. */
const focusedRow = () => document.activeElement?.closest("[data-row]");

/** Focuses the row that many further on. */
export function moveInRows(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const now = rows.indexOf(focusedRow());
  const row = rows[now < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, now + step))];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
  return row;
}

/** Does what the focused row offers under the key. Enter is "o", unless something in the row has the focus itself. */
export function pressInRow(key) {
  const isOnRow = document.activeElement?.matches("[data-row]");
  if (key === "Enter" && !isOnRow) return null;
  const offered = focusedRow()?.querySelector(`[data-key="${CSS.escape(key === "Enter" ? "o" : key)}"]`);
  offered?.click();
  return offered;
}
