// What ECharts is told: figures and colours in, an option object out.

const FONT = "Inter, system-ui, sans-serif";
const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** A token's colour as rgb(): ECharts does not read oklch() or light-dark(). */
export function tokenColour(element, token) {
  const before = element.style.color;
  element.style.color = `var(${token})`;
  probe.fillStyle = getComputedStyle(element).color;
  element.style.color = before;
  probe.clearRect(0, 0, 1, 1);
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

/** Reads the table of figures. Number() only places pixels; what people read is the cell's own text. */
export function figuresOf(element) {
  const rows = [...element.querySelectorAll("tbody tr")];
  const cells = rows.map((row) => [...row.querySelectorAll("td[data-value]")]);
  const series = [...element.querySelectorAll("thead th[data-token]")].map((head, column) => ({
    name: head.textContent.trim(),
    token: head.dataset.token,
    values: cells.map((row) => Number(row[column].dataset.value)),
    texts: cells.map((row) => row[column].textContent.trim()),
  }));
  return { series, names: rows.map((row) => row.querySelector("th").textContent.trim()), labels: rows.map((row) => row.dataset.label) };
}

const shortNumber = new Intl.NumberFormat(document.documentElement.lang || "en", { notation: "compact" });

/** What charts have in common: axes, grid, and a tip with the exact figures. */
function frame({ figures, colour }) {
  const quiet = { color: colour("--ink-3"), fontSize: 12 };
  return {
    animation: false,
    aria: { enabled: true },
    textStyle: { fontFamily: FONT },
    grid: { left: 4, right: 4, top: 10, bottom: 8, containLabel: true },
    tooltip: {
      trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow", shadowStyle: { color: colour("--ink-3"), opacity: 0.1 } },
      backgroundColor: colour("--ink"), borderWidth: 0, padding: [8, 12], textStyle: { color: colour("--paper"), fontSize: 12, lineHeight: 18, fontFamily: FONT },
      formatter: (points) => [figures.names[points[0].dataIndex], ...points.map((point) => `${point.seriesName}  ${figures.series[point.seriesIndex].texts[point.dataIndex]}`)].join("\n"),
    },
    xAxis: { type: "category", data: figures.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line") } }, axisLabel: quiet },
    yAxis: { type: "value", splitNumber: 4, axisLabel: { ...quiet, formatter: (value) => shortNumber.format(value) }, splitLine: { lineStyle: { color: colour("--line") } } },
  };
}

export function barOption({ figures, colour, isNarrow }) {
  const option = frame({ figures, colour });
  const last = figures.labels.length - 1;
  Object.assign(option.xAxis.axisLabel, { interval: 0, formatter: (label) => (isNarrow ? [...label][0] : label) });
  option.series = figures.series.map((one) => ({
    type: "bar", name: one.name, barGap: "12%", barCategoryGap: isNarrow ? "24%" : "32%", barMaxWidth: 22, cursor: "pointer",
    itemStyle: { color: colour(one.token), borderRadius: [3, 3, 0, 0] }, emphasis: { itemStyle: { opacity: 1, color: colour(one.token) } },
    data: one.values.map((value, index) => ({ value, itemStyle: { opacity: index === last ? 1 : 0.8 } })),
  }));
  return option;
}

/** A balance stays what it is until the next point: hence the steps. */
export function lineOption({ figures, colour }) {
  const option = frame({ figures, colour });
  Object.assign(option.tooltip.axisPointer, { type: "line", lineStyle: { color: colour("--ink-3") } });
  Object.assign(option.xAxis, { boundaryGap: false });
  Object.assign(option.xAxis.axisLabel, { hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" });
  Object.assign(option.yAxis, { scale: true });
  option.series = figures.series.map((one) => ({
    type: "line", name: one.name, step: "end", symbol: "none", data: one.values,
    lineStyle: { width: 2, color: colour(one.token) }, itemStyle: { color: colour(one.token) },
    areaStyle: { color: colour(one.token), opacity: 0.1 },
  }));
  return option;
}
