const EXACT = 10000; // Money has at most four decimals; whole numbers add up without error.
const exact = (text) => Math.round(Number(text.replace(/[\s\u2019']/g, "").replace(",", ".")) * EXACT) || 0;

/** Says while somebody types what the parts of a split leave, and lets one part take it. The server adds up again. */
class SplitSum extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => this.tell());
    this.addEventListener("click", (event) => this.take(event));
    this.tell();
  }

  get parts() {
    return [...this.querySelectorAll("[data-part]")].map((part) => ({
      part,
      unit: part.querySelector("select[name$=unit]"),
      size: part.querySelector("input[name$=size]"),
      is: part.querySelector("select[name$=tag]").value,
    }));
  }

  // Per cent are of what the amounts leave; a part that takes the rest leaves nothing, but can be left less than nothing.
  left() {
    const parts = this.parts.filter(({ is }) => is);
    const sum = (unit) => parts.filter((one) => one.unit.value === unit).reduce((all, one) => all + exact(one.size.value), 0);
    const has = (unit) => parts.some((one) => one.unit.value === unit);
    const open = has("rest") ? (left) => Math.min(0, left) : (left) => left;
    const amount = exact(this.dataset.amount) - sum("amount");
    if (amount < 0 || !has("percent")) return { amount: open(amount), percent: null };
    return { amount, percent: open(100 * EXACT - sum("percent")) };
  }

  tell() {
    for (const { unit, size } of this.parts) size.disabled = unit.value === "rest";
    const place = this.querySelector("[data-left]");
    if (!place) return;
    const { amount, percent } = this.left();
    const left = percent ?? amount;
    const digits = (Math.abs(left) / EXACT).toFixed(percent === null ? Number(this.dataset.digits) : 2);
    const words = percent === null ? `${this.dataset.symbol}${digits}` : `${Number(digits)} per cent`;
    place.textContent = left === 0 ? "Nothing is left over." : `${words} ${left > 0 ? "is left" : "is too much"}.`;
    place.dataset.state = left === 0 ? "even" : left > 0 ? "left" : "over";
  }

  take(event) {
    const part = event.target.closest("button[data-rest]")?.closest("[data-part]");
    if (!part) return;
    for (const one of this.parts) if (one.unit.value === "rest") one.unit.value = "amount";
    part.querySelector("select[name$=unit]").value = "rest";
    part.querySelector("input[name$=size]").value = "";
    this.tell();
  }
}

customElements.define("split-sum", SplitSum);
