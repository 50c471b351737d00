import { barOption, figuresOf, tokenColour } from "../chart-option.js";

/** Draws the table inside as bars; the table stays the place of the exact figures. */
export class BarChart extends HTMLElement {
  async connectedCallback() {
    this.canvas = this.querySelector(".chart");
    this.rows = [...this.querySelectorAll("tbody tr")];
    if (!this.rows.length) return;
    this.button = this.querySelector("button.chart__switch");
    this.button?.addEventListener("click", () => this.show(this.dataset.view === "chart" ? "table" : "chart"));
    try {
      await import(this.dataset.library);
    } catch {
      return; // The table stays.
    }
    this.show("chart");
    this.redraw = () => this.draw();
    document.addEventListener("themechange", this.redraw);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.redraw);
    this.observer = new ResizeObserver(this.redraw);
    this.observer.observe(this.canvas);
  }

  disconnectedCallback() {
    document.removeEventListener("themechange", this.redraw);
    this.observer?.disconnect();
    this.chart?.dispose();
  }

  show(view) {
    this.dataset.view = view;
    if (this.button) this.button.textContent = view === "chart" ? "show as table" : "show as chart";
  }

  draw() {
    if (!this.canvas.clientWidth) return;
    this.chart ??= this.build();
    const colour = (token) => tokenColour(this.canvas, token);
    this.chart.resize();
    this.chart.setOption(this.option({ figures: figuresOf(this), colour, isNarrow: this.canvas.clientWidth < 420 }), true);
  }

  option(drawing) {
    return barOption(drawing);
  }

  build() {
    const chart = globalThis.echarts.init(this.canvas, null, { renderer: "svg" });
    chart.on("click", ({ dataIndex }) => this.rows[dataIndex].querySelector("a")?.click());
    return chart;
  }
}

customElements.define("bar-chart", BarChart);
