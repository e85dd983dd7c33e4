/**
 * Plots without Plotly: its calls, as far as the page's graph, Jacobians and curves need them, drawn as
 * SVG. A file that is taken along has it instead of the library, which is ten times as large.
 *
 * @typedef {(at: number) => number} Scale
 */

const NS = "http://www.w3.org/2000/svg";
/** What a tooltip of the browser says has no markup. */
const TAG = /<br>|<\/?b>|<\/?span[^>]*>/g;
/** Texts with colours of their own: the colour, and what is written in it. */
const COLOURED = /<span style="color:([^"]*)">([^<]*)<\/span>/g;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": "\u00a0" };
/** Of a text's size, from its middle to its baseline. */
const BASELINE = 0.35;

export const svgPlotly = {
  /**
   * @param {any} element
   * @param {any[]} data
   * @param {Record<string, any>} layout
   */
  react(element, data, layout) {
    /** @type {Record<string, (event: unknown) => void>} */
    const heard = (element.heard ??= {});
    element.on = (/** @type {string} */ name, /** @type {any} */ listen) => (heard[name] = listen);
    Object.assign(element, { data, layout });
    element.classList.add("js-plotly-plot");
    element.replaceChildren(drawn(data, layout, heard));
  },

  /**
   * The address of the picture.
   *
   * @param {{data: any[], layout: Record<string, any>}} figure
   * @param {{format: string, width: number, height: number, scale: number}} options
   */
  async toImage({ data, layout }, { format, width, height, scale }) {
    const picture = drawn(data, layout, {});
    picture.setAttribute("style", `background: ${layout.paper_bgcolor}`);
    const text = new XMLSerializer().serializeToString(picture);
    const address = `data:image/svg+xml,${encodeURIComponent(text)}`;
    if (format === "svg") return address;
    const image = Object.assign(new Image(), { src: address });
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), {
      width: width * scale,
      height: height * scale,
    });
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL(`image/${format}`);
  },

  /** @param {HTMLElement} element */
  purge(element) {
    element.replaceChildren();
  },
};

/**
 * @param {any[]} data
 * @param {Record<string, any>} layout
 * @param {Record<string, (event: unknown) => void>} heard
 */
function drawn(data, layout, heard) {
  const { width, height } = layout;
  const picture = make("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  const scales = scalesOf(data, layout);
  for (const shape of layout.shapes ?? []) picture.append(shapeOf(shape, scales));
  for (const image of layout.images ?? []) if (image.source) picture.append(imageOf(image, scales));
  for (const trace of data) picture.append(...traceOf(trace, scales, heard));
  return picture;
}

/** @param {string} tag @param {Record<string, unknown>} attributes */
function make(tag, attributes) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== undefined) element.setAttribute(name, String(value));
  return element;
}

/**
 * From the plot's numbers to pixels. @param {any[]} data @param {Record<string, any>} layout
 * @returns {{x: Scale, y: Scale}}
 */
function scalesOf(data, { width, height, margin = {}, xaxis = {}, yaxis = {} }) {
  const { l = 40, r = 8, t = 6, b = 24 } = margin;
  const map = (/** @type {number[]} */ [from, to], /** @type {number[]} */ [start, end]) => {
    const scale = to === from ? 0 : (end - start) / (to - from);
    return (/** @type {number} */ at) => start + (at - from) * scale;
  };
  const [across, down] = [rangeOf(data, "x", xaxis), rangeOf(data, "y", yaxis)];
  const reversed = yaxis.autorange === "reversed" ? [...down].reverse() : down;
  return { x: map(across, [l, width - r]), y: map(reversed, [height - b, t]) };
}

/** @param {any[]} data @param {"x" | "y"} axis @param {Record<string, any>} given @returns {number[]} */
function rangeOf(data, axis, given) {
  if (given.range) return given.range;
  const numbers = data.flatMap((trace) => {
    if (trace.z) return [-0.5, (axis === "y" ? trace.z.length : trace.z[0].length) - 0.5];
    return (trace[axis] ?? []).filter((/** @type {any} */ one) => Number.isFinite(one));
  });
  return numbers.length ? [Math.min(...numbers), Math.max(...numbers)] : [0, 1];
}

/** @param {any} shape @param {{x: Scale, y: Scale}} scales */
function shapeOf(shape, { x, y }) {
  const { color = "none", width = 0, dash = "solid" } = shape.line ?? {};
  const line = {
    stroke: color,
    "stroke-width": width,
    "stroke-dasharray": dash === "solid" ? null : dash,
  };
  if (shape.type === "line")
    return make("line", {
      x1: x(shape.x0),
      x2: x(shape.x1),
      y1: y(shape.y0),
      y2: y(shape.y1),
      ...line,
    });
  const [left, top] = [x(0), y(0)];
  const [wide, high] = [x(1) - left, y(1) - top];
  return make("path", {
    d: shape.path,
    fill: shape.fillcolor,
    transform: `matrix(${wide} 0 0 ${high} ${left} ${top})`,
    "vector-effect": "non-scaling-stroke",
    ...line,
  });
}

/** @param {any} image @param {{x: Scale, y: Scale}} scales */
function imageOf({ source, x: left, y: top, sizex, sizey }, { x, y }) {
  return make("image", {
    href: source,
    x: x(left),
    y: y(top),
    width: x(left + sizex) - x(left),
    height: y(top + sizey) - y(top),
    preserveAspectRatio: "none",
    style: "image-rendering: pixelated",
  });
}

/**
 * @param {any} trace
 * @param {{x: Scale, y: Scale}} scales
 * @param {Record<string, (event: unknown) => void>} heard
 * @returns {Element[]}
 */
function traceOf(trace, scales, heard) {
  if (trace.type === "heatmap") return heatmapOf(trace, scales);
  if (trace.mode === "lines") return [lineOf(trace, scales)];
  if (trace.mode === "text") return textsOf(trace, scales);
  return markersOf(trace, scales, heard);
}

/** @param {any} trace @param {{x: Scale, y: Scale}} scales */
function heatmapOf({ z, text, zmin, zmax, colorscale, xgap = 0, ygap = 0 }, { x, y }) {
  const wide = Math.abs(x(1) - x(0)) - xgap;
  const high = Math.abs(y(1) - y(0)) - ygap;
  return z.flatMap((/** @type {number[]} */ row, /** @type {number} */ at) =>
    row.map((number, column) => {
      const cell = make("rect", {
        x: Math.min(x(column - 0.5), x(column + 0.5)),
        y: Math.min(y(at - 0.5), y(at + 0.5)),
        width: wide,
        height: high,
        fill: colourAt(colorscale, (number - zmin) / (zmax - zmin)),
      });
      return titled(cell, `${text?.[at]?.[column] ?? ""} = ${number}`);
    }),
  );
}

/** The nearest colour below. @param {[number, string][]} colorscale @param {number} share */
function colourAt(colorscale, share) {
  const below = colorscale.filter(([at]) => at <= share + 1e-9);
  return (below.at(-1) ?? colorscale[0])[1];
}

/** @param {any} trace @param {{x: Scale, y: Scale}} scales */
function lineOf({ x: across, y: up, line = {} }, { x, y }) {
  let pen = "M";
  let d = "";
  across.forEach((/** @type {number} */ at, /** @type {number} */ place) => {
    const value = up[place];
    if (value === null || !Number.isFinite(value)) return void (pen = "M");
    d += `${pen}${x(at)} ${y(value)}`;
    pen = "L";
  });
  return make("path", {
    d,
    fill: "none",
    stroke: line.color,
    "stroke-width": line.width ?? 2,
    "stroke-dasharray": line.dash === "dash" ? "6 4" : null,
  });
}

/** @param {any} trace @param {{x: Scale, y: Scale}} scales */
function textsOf({ x: across, y: up, text, textposition, textfont }, { x, y }) {
  return text.map((/** @type {string} */ words, /** @type {number} */ at) => {
    const size = textfont.size[at];
    const [height, side] = textposition[at].split(" ");
    const label = make("text", {
      x: x(across[at]),
      y: y(up[at]) + BASELINE * size + (height === "top" ? -size : height === "bottom" ? size : 0),
      "text-anchor": side === "left" ? "end" : side === "right" ? "start" : "middle",
      "font-size": size,
      "font-family": textfont.family[at],
      "font-weight": words.includes("<b>") ? "bold" : null,
      fill: textfont.color[at],
      "pointer-events": "none",
    });
    label.append(...colouredOf(words));
    return label;
  });
}

/** What is coloured by itself, and the rest. @param {string} words @returns {(Element | string)[]} */
function colouredOf(words) {
  const parts = [];
  let end = 0;
  for (const found of words.matchAll(COLOURED)) {
    const [whole, fill, text] = found;
    const part = make("tspan", { fill });
    part.textContent = plain(text);
    parts.push(plain(words.slice(end, found.index)), part);
    end = found.index + whole.length;
  }
  return [...parts, plain(words.slice(end))];
}

/**
 * @param {any} trace
 * @param {{x: Scale, y: Scale}} scales
 * @param {Record<string, (event: unknown) => void>} heard
 */
function markersOf({ x: across, y: up, customdata, text, marker }, { x, y }, heard) {
  return across.map((/** @type {number} */ at, /** @type {number} */ place) => {
    const { color, size } = marker;
    const dot = make("circle", {
      cx: x(at),
      cy: y(up[place]),
      r: size / 2,
      fill: Array.isArray(color) ? color[place % color.length] : color,
      "pointer-events": "all",
      style: customdata ? "cursor: pointer" : null,
    });
    if (customdata)
      dot.addEventListener("click", () =>
        heard.plotly_click?.({ points: [{ customdata: customdata[place] }] }),
      );
    return text ? titled(dot, plain(text[place])) : dot;
  });
}

/** @param {Element} element @param {string} words */
function titled(element, words) {
  const title = make("title", {});
  title.textContent = words;
  element.append(title);
  return element;
}

/** Plotly's little HTML as text. @param {string} words */
function plain(words) {
  return words
    .replace(TAG, (tag) => (tag === "<br>" ? "\n" : ""))
    .replace(/&(?:amp|lt|gt|nbsp);/g, (name) => /** @type {any} */ (ENTITIES)[name]);
}
