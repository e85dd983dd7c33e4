/**
 * The loss over the iterations as a Plotly figure.
 *
 * @import { Figure } from "../lib/plotly.js"
 * @import { Palette } from "../lib/types.js"
 */

/**
 * @param {{losses: (number | null)[], iteration: number, diverged: number | null}} what `diverged`:
 *   since when the loss is not finite
 * @param {Palette} palette
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
export function lossFigure({ losses, iteration, diverged }, palette, width, height) {
  const points = drawn(losses, Math.max(200, Math.round(width)));
  const axis = {
    color: palette.soft,
    gridcolor: palette.line,
    zeroline: false,
    linecolor: palette.line,
    tickfont: { size: 11 },
    fixedrange: true,
  };
  const at = losses[iteration];
  const last = Math.max(losses.length - 1, 5);
  return {
    data: [
      {
        type: "scatter",
        mode: losses.length < 40 ? "lines+markers" : "lines",
        x: points.map(([at]) => at),
        y: points.map(([, loss]) => loss),
        line: { color: palette.value, width: 1.8 },
        marker: { size: 4, color: palette.value },
        hovertemplate: "iteration %{x}<br>loss %{y:.6g}<extra></extra>",
      },
      {
        type: "scatter",
        mode: "markers",
        x: [iteration],
        y: [at ?? null],
        marker: { size: 10, color: palette.panel, line: { color: palette.ink, width: 2.5 } },
        hoverinfo: "skip",
        cliponaxis: false,
      },
    ],
    layout: {
      width,
      height,
      margin: { l: 46, r: 12, t: 8, b: height < 100 ? 20 : 26 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      showlegend: false,
      dragmode: false,
      hovermode: "closest",
      xaxis: {
        ...axis,
        range: [-0.03 * last, 1.02 * last],
        nticks: 6,
        tickformat: last < 1e4 ? "d" : "~s",
      },
      yaxis: { ...axis, rangemode: "tozero", nticks: height < 100 ? 2 : 5 },
      font: { color: palette.soft },
      uirevision: "constant",
      shapes: [
        {
          type: "line",
          x0: iteration,
          x1: iteration,
          yref: "paper",
          y0: 0,
          y1: 1,
          line: { color: palette.ink, width: 1.2 },
        },
        ...(diverged === null ? [] : [notFinite(diverged, last, palette)]),
      ],
      annotations:
        diverged === null
          ? []
          : [
              {
                x: last,
                y: 1,
                yref: "paper",
                xanchor: "right",
                yanchor: "top",
                text: "not finite",
                showarrow: false,
                font: { size: 11, color: palette.ink },
                bgcolor: palette.panel,
              },
            ],
      hoverlabel: {
        bgcolor: palette.panel,
        bordercolor: palette.ink,
        font: { color: palette.ink, size: 12 },
      },
    },
  };
}

/**
 * What is known of the losses, at most so many points: of each stretch of a long list the least and
 * the greatest, so that no peak is lost. A loss that is not finite interrupts the line.
 *
 * @param {(number | null)[]} losses
 * @param {number} most
 * @returns {[number, number | null][]}
 */
export function drawn(losses, most) {
  /** @type {[number, number | null][]} */
  const known = losses.flatMap((loss, at) =>
    loss === null ? [] : [[at, Number.isFinite(loss) ? loss : null]],
  );
  if (known.length <= most) return known;
  const size = (2 * known.length) / most;
  const stretches = Array.from({ length: Math.ceil(most / 2) }, (_, at) =>
    known.slice(Math.floor(at * size), Math.floor((at + 1) * size)),
  );
  return stretches.flatMap((stretch) => {
    const [least, greatest] = [extreme(stretch, -1), extreme(stretch, 1)];
    return least[0] === greatest[0]
      ? [least]
      : [least, greatest].sort(([one], [other]) => one - other);
  });
}

/** @param {[number, number | null][]} stretch @param {1 | -1} sign */
function extreme(stretch, sign) {
  return stretch.reduce((best, point) =>
    point[1] !== null && (best[1] === null || sign * point[1] > sign * best[1]) ? point : best,
  );
}

/** The stretch without numbers. @param {number} from @param {number} to @param {Palette} palette */
function notFinite(from, to, palette) {
  return {
    type: "rect",
    x0: from - 0.5,
    x1: Math.max(to, from + 0.5),
    yref: "paper",
    y0: 0,
    y1: 1,
    fillcolor: palette.lit,
    line: { width: 0 },
    layer: "below",
  };
}
