import assert from "node:assert/strict";
import { test } from "node:test";

import { h, textOf } from "../../frontend/lib/h.js";
import { fromNested } from "../../frontend/lib/tensor.js";
import { target } from "../../frontend/lib/gridkeys.js";
import { nameOf } from "../../frontend/views/cell.js";
import { gridView } from "../../frontend/views/matrix.js";
import { documentView } from "../../frontend/views/operation.js";
import { pictureView } from "../../frontend/views/picture.js";
import { productTerms } from "../../frontend/views/products.js";
import { written } from "./trace.js";

const matrix = (code, nested, shape, extra = {}) => ({
  id: code,
  code,
  name: code,
  field: "value",
  shape,
  part: fromNested(nested, shape),
  transposed: false,
  ready: true,
  editable: true,
  labels: null,
  origin: null,
  stretched: null,
  note: null,
  naming: "contract",
  ...extra,
});
const options = (extra = {}) => ({
  digits: 3,
  highlighted: {},
  chosen: null,
  edit: null,
  cells: {},
  letters: ["i", "j"],
  palette: null,
  dot: 0,
  level: { font: 14, height: 28, width: 56 },
  scales: { value: 0, gradient: 0 },
  select: () => {},
  isTensor: () => false,
  copy: () => {},
  busy: "",
  room: { width: 700, height: 420 },
  ...extra,
});

/** All descriptions below one that pass a test. */
function all(vnode, pass) {
  if (typeof vnode === "string") return [];
  return [...(pass(vnode) ? [vnode] : []), ...vnode.children.flatMap((child) => all(child, pass))];
}
const cells = (vnode) => all(vnode, ({ props }) => props.role === "gridcell");

test("cells have the names that scripts rely on, and hold the exact number", () => {
  const grid = gridView(
    matrix(
      "w1",
      [
        [0.1, -2],
        [1 / 3, 4],
      ],
      [2, 2],
    ),
    fromNested(
      [
        [0.1, -2],
        [1 / 3, 4],
      ],
      [2, 2],
    ),
    options(),
  );
  assert.deepEqual(
    cells(grid).map(({ props }) => props["aria-label"]),
    ["w1[0, 0] value", "w1[0, 1] value", "w1[1, 0] value", "w1[1, 1] value"],
  );
  assert.equal(cells(grid)[2].props["data-value"], "0.3333333333333333");
  assert.deepEqual(cells(grid).map(textOf), ["0.1", "\u22122", "0.333", "4"]);
});

test("one cell of a grid is in the tab order", () => {
  const part = fromNested(
    [
      [1, 2],
      [3, 4],
    ],
    [2, 2],
  );
  const tabs = (chosen) =>
    cells(gridView(matrix("w", [], [2, 2]), part, options({ chosen })))
      .map(({ props }) => props.tabindex)
      .join("");
  assert.equal(tabs(null), "0-1-1-1");
  assert.equal(tabs({ matrix: "w", index: [1, 0] }), "-1-10-1");
});

test("names of vectors, scalars, transposed operands, updates and expressions", () => {
  assert.equal(nameOf(matrix("b1", [1, 2], [2], { field: "gradient" }), [1]), "b1[1] gradient");
  assert.equal(nameOf(matrix("loss", 1, []), []), "loss value");
  assert.equal(
    nameOf(matrix("x.T", [[1], [2]], [2, 1], { name: "x", transposed: true }), [1, 0]),
    "x[0, 1] value",
  );
  assert.equal(nameOf(matrix("w", [1], [1], { naming: "new" }), [0]), "w[0] new value");
  assert.equal(nameOf(matrix("l1 > 0", [1], [1], { name: null }), [0]), "(l1 > 0)[0]");
});

test("copies made by broadcasting are drawn, but are no cells", () => {
  const grid = gridView(
    matrix("b", [1, 2], [2], { labels: ["j"], stretched: [3, 2] }),
    fromNested([1, 2], [2]),
    options(),
  );
  assert.equal(cells(grid).length, 2);
  assert.equal(all(grid, ({ props }) => String(props.class).includes("ghost")).length, 4);
});

test("a product is Falk's scheme: left, above, and where they meet", () => {
  const operands = [matrix("a", [[1, 2]], [1, 2]), matrix("b", [[3], [4]], [2, 1])];
  const result = matrix("result", [[11]], [1, 1]);
  const equation = { tokens: [], kind: "product", letters: ["i", "j"], operands, result };
  assert.deepEqual(
    pictureView(equation, options()).children.map(({ props }) => props.class),
    ["falk-left", "falk-top", "falk-meet"],
  );
  assert.equal(
    productTerms(equation, { matrix: "result", index: [0, 0] }, String),
    "1 × 3 + 2 × 4",
  );
  assert.equal(productTerms(equation, { matrix: "a", index: [0, 0] }, String), null);
});

test("an elementwise step is its own text with matrices for names", () => {
  const [w, g] = [
    matrix("w", [1], [1], { operand: 0 }),
    matrix("w.g", [2], [1], { name: "w", field: "gradient", operand: 1 }),
  ];
  const view = pictureView(
    {
      ...written(["w", 0], " - 0.5 * ", ["w.g", 1]),
      kind: "elementwise",
      letters: ["i"],
      operands: [w, g],
      result: matrix("result", [0], [1]),
    },
    options(),
  );
  assert.deepEqual(all(view, ({ props }) => props.class === "between").map(textOf), [
    "\u2212 0.5 ×",
    "=",
  ]);
});

test("vectors that have no room side by side stand below each other", () => {
  const shape = (width) => {
    const numbers = [1, 2, 3, 4, 5, 6];
    const view = pictureView(
      {
        ...written(["x", 0], " - ", ["y", 1]),
        kind: "elementwise",
        letters: ["i"],
        operands: [
          matrix("x", numbers, [6], { operand: 0 }),
          matrix("y", numbers, [6], { operand: 1 }),
        ],
        result: matrix("result", numbers, [6]),
      },
      { ...options(), room: { width, height: 500 } },
    );
    return all(view, ({ props }) => /^inline/.test(props.class))[0].props.class;
  };
  assert.deepEqual([shape(700), shape(2000)], ["inline stacked", "inline"]);
});

test("a reduction collapses downwards or to the right", () => {
  const operand = matrix(
    "a",
    [
      [1, 2],
      [3, 4],
    ],
    [2, 2],
    { labels: ["i", "j"] },
  );
  const along = (letters) =>
    pictureView(
      {
        ...written(["a", 0], ".sum()"),
        kind: "reduction",
        letters,
        operands: [operand],
        result: matrix("result", [4, 6], [2], { labels: letters }),
      },
      options(),
    ).props.class;
  assert.match(along(["j"]), /collapse down/);
  assert.match(along(["i"]), /collapse across/);
});

test("text is text", () => {
  assert.equal(textOf(h("p", null, "<b>", ["&", 1, null, false])), "<b>&1");
});

test("keys in a grid", () => {
  const key = (name, row, column, extra = {}) =>
    target(
      { key: name, ctrlKey: false, shiftKey: false, metaKey: false, altKey: false, ...extra },
      row,
      column,
      [3, 3],
    );
  assert.deepEqual(key("ArrowRight", 0, 2), [0, 2]);
  assert.deepEqual(key("ArrowDown", 0, 1), [1, 1]);
  assert.deepEqual(key("End", 1, 0), [1, 2]);
  assert.deepEqual(key("Home", 1, 2, { ctrlKey: true }), [0, 0]);
  assert.equal(key("x", 0, 0), null);
  assert.equal(key("ArrowRight", 0, 0, { shiftKey: true }), null);
});

test("rows that are not counted at a glance have their numbers", () => {
  const numbers = (rows, offset = 0) => {
    const list = Array.from({ length: rows }, (_, row) => [row, 1]);
    const part = { ...fromNested(list, [rows, 2]), offset: [offset, 0] };
    const grid = gridView(matrix("w", [], [rows + offset, 2]), part, options());
    return grid.children.flat(9).map(({ props }) => props["data-row"]);
  };
  assert.deepEqual(numbers(3), [null, null, null]);
  assert.deepEqual(numbers(6, 20), ["20", "21", "22", "23", "24", "25"]);
});

test("an example is copied for a shell where that has somebody to ask", () => {
  const copied = [];
  const travel = {
    address: () => "./#doc=x",
    copyJson: () => copied.push("JSON"),
    copyCurl: () => copied.push("curl"),
  };
  const buttons = (means) =>
    all(documentView({ program: "loss = x" }, "relu", means), ({ tag }) => tag === "button");
  for (const { props } of buttons(travel)) props.onclick();
  assert.deepEqual(copied, ["JSON", "curl"]);
  assert.deepEqual(buttons({ ...travel, copyCurl: null }).map(textOf), ["Copy JSON"]);
});
