import { lineOption } from "../chart-option.js";
import { BarChart } from "./bar-chart.js";

/** Draws the table inside as a line: what was held from one day to the next. */
class LineChart extends BarChart {
  option(drawing) {
    return lineOption(drawing);
  }
}

customElements.define("line-chart", LineChart);
