/**
 * What is said of every point of the plane, and the samples on it.
 *
 * @import { Figure } from "../../lib/plotly.js"
 * @import { Palette, Wire } from "../../lib/types.js"
 * @import { PlotOptions, Table } from "./frame.js"
 * @import { SurfacePlot } from "../../lib/answers.js"
 */

import { mix } from "../../lib/colour.js";
import { colorscale, span } from "../../lib/tint.js";
import { fromWire, printOne } from "../../lib/numbers.js";
import { thinned } from "../../lib/thin.js";
import { surfaceBox, unitBox } from "./choices.js";
import { axis, layout, printed, sidesOf, toScale } from "./frame.js";

const SYMBOLS = [
  "circle",
  "square",
  "diamond",
  "triangle-up",
  "cross",
  "star",
  "pentagon",
  "hexagon",
  "triangle-down",
  "hourglass",
];
/** Beside purple and green; blue and orange mean values and gradients here. */
const MORE = [
  "rgb(176, 137, 30)",
  "rgb(16, 140, 148)",
  "rgb(186, 66, 110)",
  "rgb(92, 107, 192)",
  "rgb(120, 120, 120)",
  "rgb(139, 84, 48)",
  "rgb(110, 140, 40)",
  "rgb(70, 90, 110)",
];
/** Rows of the table. */
const ROWS = 60;

/** @param {Palette} palette @param {number} one */
function colourOf(palette, one) {
  return [palette.neg, palette.pos, ...MORE][one % (MORE.length + 2)];
}

/**
 * @param {SurfacePlot} answer
 * @param {PlotOptions} options
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
export function surfaceFigure(answer, { palette, digits, small = false }, width, height) {
  const { features, x, y, classes } = answer;
  const wide = width >= 520 && !small;
  const bar = wide && answer.kind !== "classes" ? 70 : 0;
  const [left, right] = sidesOf(ends(x), ends(y), width - 72 - bar, height - 78);
  const axes = {
    constrain: "domain",
    showgrid: false,
    zeroline: false,
    ...(small ? { visible: false, automargin: false } : {}),
  };
  return {
    data: [
      ...(answer.kind === "classes"
        ? areas(answer, palette)
        : levels(answer, palette, wide ? right : null)),
      ...samples(answer, palette, digits),
    ],
    layout: layout(palette, width, height, {
      margin: small ? { l: 1, r: 1, t: 1, b: 1 } : { l: 56, r: 16, t: classes ? 34 : 16, b: 44 },
      showlegend: classes !== null && !small,
      legend: {
        orientation: "h",
        x: left,
        y: 1.01,
        xanchor: "left",
        yanchor: "bottom",
        font: { size: 12, color: palette.ink },
        itemclick: false,
        itemdoubleclick: false,
      },
      xaxis: axis(palette, features[0], { ...axes, range: ends(x) }),
      yaxis: axis(palette, features[1], { ...axes, range: ends(y), ...toScale(ends(x), ends(y)) }),
    }),
  };
}

/**
 * Scores on the diverging scale, whose middle is the threshold; the line where it is crossed.
 *
 * @param {SurfacePlot} answer
 * @param {Palette} palette
 * @param {number | null} right  where the scale has its place; null where there is no room for it
 */
function levels({ tensor, unit, x, y, values, threshold }, palette, right) {
  const z = values.map((row) => row.map(fromWire));
  const middle = threshold ?? 0;
  const known = z.flat().filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const diverging = threshold !== null || (low < 0 && high > 0);
  const most = span(known.map((number) => number - middle)) || 1;
  const scale = diverging
    ? {
        zmin: middle - most,
        zmax: middle + most,
        colorscale: colorscale({
          pos: mix(palette.mid, palette.pos, 0.75),
          neg: mix(palette.mid, palette.neg, 0.75),
          mid: palette.mid,
        }),
      }
    : {
        zmin: low,
        zmax: high,
        colorscale: [
          [0, mix(palette.panel, palette.value, 0.05)],
          [1, mix(palette.panel, palette.value, 0.7)],
        ],
      };
  const name = unit === null ? tensor : `${tensor} unit ${unit}`;
  const place = { x: x.map(fromWire), y: y.map(fromWire), z };
  const picture = {
    type: "heatmap",
    ...place,
    zsmooth: "best",
    ...scale,
    showscale: right !== null,
    colorbar: {
      x: (right ?? 1) + 0.02,
      thickness: 10,
      outlinewidth: 0,
      nticks: 7,
      tickfont: { size: 12, color: palette.soft },
      title: { text: name, side: "right", font: { size: 12, color: palette.ink } },
    },
    hovertemplate: `${name} = %{z:.4g}<extra></extra>`,
  };
  const line = {
    type: "contour",
    ...place,
    autocontour: false,
    contours: { coloring: "none", start: middle, end: middle, size: 1 },
    line: { color: palette.ink, width: 1.6 },
    showscale: false,
    hoverinfo: "skip",
    showlegend: false,
  };
  return diverging ? [picture, line] : [picture];
}

/** An area for each class. @param {SurfacePlot} answer @param {Palette} palette */
function areas({ x, y, values, classes }, palette) {
  const count = classes?.length ?? 1;
  const steps = Array.from({ length: count }, (_, one) =>
    mix(palette.mid, colourOf(palette, one), 0.38),
  ).flatMap((colour, one) => [
    [one / count, colour],
    [(one + 1) / count, colour],
  ]);
  return [
    {
      type: "heatmap",
      x: x.map(fromWire),
      y: y.map(fromWire),
      z: values.map((row) => row.map(fromWire)),
      zmin: -0.5,
      zmax: count - 0.5,
      colorscale: steps,
      showscale: false,
      text: values.map((row) => row.map((one) => classes?.[fromWire(one)] ?? "")),
      hovertemplate: "class %{text}<extra></extra>",
    },
  ];
}

/**
 * A symbol for each class, a ring around those that are taken for another one.
 *
 * @param {SurfacePlot} answer
 * @param {Palette} palette
 * @param {number} digits
 */
function samples({ samples: { x, y, truth, said }, classes }, palette, digits) {
  const [across, up] = [x.map(fromWire), y.map(fromWire)];
  if (!classes || !truth) {
    const text =
      truth?.map((number) => `should be ${printOne(fromWire(number), digits)}`) ??
      x.map(() => "a sample");
    return [
      {
        type: "scatter",
        mode: "markers",
        x: across,
        y: up,
        text,
        hovertemplate: "%{text}<extra></extra>",
        marker: { size: 8, color: palette.ink, line: { color: palette.panel, width: 1 } },
        showlegend: false,
      },
    ];
  }
  const groups = classes.map((name, one) => {
    const places = truth.flatMap((label, at) => (fromWire(label) === one ? [at] : []));
    return {
      type: "scatter",
      mode: "markers",
      name: `class ${name}`,
      x: places.map((at) => across[at]),
      y: places.map((at) => up[at]),
      text: places.map(
        (at) =>
          `class ${name}${said && said[at] !== one ? `, predicted as ${classes[said[at]]}` : ""}`,
      ),
      hovertemplate: "%{text}<extra></extra>",
      marker: {
        size: 9,
        symbol: SYMBOLS[one % SYMBOLS.length],
        color: colourOf(palette, one),
        line: { color: palette.panel, width: 1 },
      },
    };
  });
  const wrong = said
    ? truth.flatMap((label, at) => (fromWire(label) === said[at] ? [] : [at]))
    : [];
  const rings = {
    type: "scatter",
    mode: "markers",
    name: "misclassified",
    x: wrong.map((at) => across[at]),
    y: wrong.map((at) => up[at]),
    hoverinfo: "skip",
    marker: { size: 15, symbol: "circle-open", color: palette.ink, line: { width: 2 } },
  };
  return wrong.length ? [...groups, rings] : groups;
}

/** @param {Wire[]} numbers */
function ends(numbers) {
  return [fromWire(numbers[0]), fromWire(numbers[numbers.length - 1])];
}

/** @param {SurfacePlot} answer @param {PlotOptions} options @returns {Table} */
export function surfaceTable({ features, samples: { x, y, truth, said }, classes }, { digits }) {
  const places = thinned(x.length, ROWS);
  const named = (/** @type {Wire | undefined} */ one) =>
    classes && one !== undefined ? classes[fromWire(one)] : printed(one, digits);
  return {
    caption:
      places.length < x.length ? `The samples, ${places.length} of ${x.length}` : "The samples",
    head: [...features, "actual", ...(said ? ["predicted"] : [])],
    rows: places.map((at) => [
      printed(x[at], digits),
      printed(y[at], digits),
      named(truth?.[at]),
      ...(said ? [named(said[at])] : []),
    ]),
  };
}

/** @type {import("./frame.js").Drawing} */
export const plot = {
  figure: surfaceFigure,
  table: surfaceTable,
  choices: [surfaceBox, unitBox],
  pinnable: true,
};
