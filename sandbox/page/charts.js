// Slack's charts, drawn as SVG: bars, lines, areas; a pie as a list of its slices.
import { h } from "./dom.js";

const WIDTH = 640;
const HEIGHT = 220;
const EDGE = { left: 44, right: 8, top: 10, bottom: 40 };
const inner = { width: WIDTH - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };

/** A data_visualization block. */
export function chart(block) {
  const { chart: shown, title } = block;
  if (shown.type === "pie") return figure(title, [], slices(shown.segments));
  const { series, axis_config: axes } = shown;
  const most = Math.max(1, ...series.flatMap((one) => one.data.map((point) => point.value)));
  const top = ceiling(most);
  const parts = [...lines(top), ...marks(shown, top), ...labels(axes.categories)];
  const said = series.map((one) => `${one.name}: ${one.data.map((p) => `${p.label} ${p.value}`).join(", ")}`);
  return figure(title, legend(series), [
    h(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": `${title}. ${said.join("; ")}` },
      ...parts,
    ),
    h("p", { class: "axes" }, [axes.y_label, axes.x_label].filter(Boolean).join(" by "). toLowerCase()),
  ]);
}

function figure(title, key, body) {
  return h("figure", { class: "figure" }, h("figcaption", {}, title), key, body);
}

/** The next of 1, 2, 4, 6, 8, 10, 20 …: half of it is a whole number, too. */
function ceiling(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 6, 8, 10].map((step) => step * power).find((one) => one >= most);
}

const yOf = (value, top) => EDGE.top + inner.height * (1 - value / top);

function lines(top) {
  const steps = top === 1 ? [0, 1] : [0, top / 2, top];
  return steps.flatMap((step) => [
    h("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: yOf(step, top), y2: yOf(step, top), class: "grid" }),
    h("text", { x: EDGE.left - 6, y: yOf(step, top) + 4, class: "scale", "text-anchor": "end" }, String(step)),
  ]);
}

function labels(categories) {
  const slot = inner.width / categories.length;
  const every = Math.ceil(categories.length / 10);
  return categories.map((label, n) =>
    n % every
      ? null
      : h(
          "text",
          { x: EDGE.left + slot * (n + 0.5), y: HEIGHT - EDGE.bottom + 18, class: "scale", "text-anchor": "middle" },
          label,
        ),
  );
}

function marks({ type, series, axis_config: axes }, top) {
  const slot = inner.width / axes.categories.length;
  const valueOf = (one, label) => one.data.find((point) => point.label === label)?.value ?? 0;
  if (type === "bar") {
    const wide = (slot * 0.8) / series.length;
    return series.flatMap((one, nth) =>
      axes.categories.map((label, n) => {
        const value = valueOf(one, label);
        const x = EDGE.left + slot * (n + 0.1) + wide * nth;
        return h("rect", {
          x,
          y: yOf(value, top),
          width: Math.max(1, wide - 1),
          height: yOf(0, top) - yOf(value, top),
          class: `series-${nth}`,
        });
      }),
    );
  }
  return series.map((one, nth) => {
    const points = axes.categories.map(
      (label, n) => `${EDGE.left + slot * (n + 0.5)},${yOf(valueOf(one, label), top)}`,
    );
    return h("polyline", { points: points.join(" "), class: `line series-${nth}` });
  });
}

function legend(series) {
  if (series.length < 2) return [];
  return h(
    "ul",
    { class: "legend" },
    series.map((one, nth) => h("li", {}, h("span", { class: `swatch series-${nth}`, "aria-hidden": "true" }), one.name)),
  );
}

function slices(segments) {
  return h(
    "ul",
    { class: "legend" },
    segments.map((one) => h("li", {}, `${one.label}: ${one.value}`)),
  );
}
