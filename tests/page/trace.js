/** The trace of a small program, by hand: `z = x @ w + b`, `loss = (z * z).sum()`. */

const tensor = (role, shape, value, gradient, extra = {}) => ({
  role,
  shape,
  dtype: "float64",
  value,
  gradient,
  ...extra,
});
const edge = (tensor, gradient) => ({ tensor, gradient });
export const ready = (value = null, gradient = null) => ({ ready: { value, gradient } });
const operand = (code, tensor, field, shape, labels, extra = {}) => ({
  code,
  tensor,
  field,
  shape,
  labels,
  ...extra,
});
const named = (name, shape, labels) => operand(name, name, "value", shape, labels);

/**
 * A piece of code: text, or a name with the position of the operand that it is, and what is written
 * after the name.
 */
const token = (piece) => {
  if (typeof piece === "string") return [{ text: piece }];
  const [name, operand, after] = piece;
  const gradient = name.endsWith(".g");
  const own = operand === undefined ? {} : { operand };
  return [
    {
      text: name,
      tensor: gradient ? name.slice(0, -2) : name,
      field: gradient ? "gradient" : "value",
      ...own,
    },
    ...(after ? [{ text: after, ...own }] : []),
  ];
};

/** The code of a step, with its tokens. */
export const written = (...pieces) => {
  const tokens = pieces.flatMap(token);
  return { code: tokens.map(({ text }) => text).join(""), tokens };
};
export const made = (tensor, field = "value", part = undefined) => ({
  output: field === "gradient" ? `${tensor}.g${part ? `__${part}` : ""}` : tensor,
  of: { tensor, field, ...(part ? { part } : {}) },
});

export function smallTrace() {
  const steps = [
    {
      phase: "forward",
      edges: [edge("x", null), edge("w", 6)],
      line: 1,
      op: "product",
      family: "contraction",
      inputs: ["x", "w"],
      ...made("z.matmul"),
      ...written(["x", 0], " @ ", ["w", 1]),
      shape: [3, 2],
      picture: {
        kind: "product",
        labels: ["i", "j"],
        operands: [named("x", [3, 2], ["i", "k"]), named("w", [2, 2], ["k", "j"])],
      },
    },
    {
      phase: "forward",
      edges: [edge("z.matmul", 5), edge("b", 7)],
      line: 1,
      op: "plus",
      family: "elementwise",
      inputs: ["z.matmul", "b"],
      ...made("z"),
      ...written(["z.matmul", 0], " + ", ["b", 1]),
      shape: [3, 2],
      picture: {
        kind: "elementwise",
        labels: ["i", "j"],
        operands: [named("z.matmul", [3, 2], ["i", "j"]), named("b", [2], ["j"])],
      },
    },
    {
      phase: "forward",
      edges: [edge("z", 5)],
      line: 2,
      op: "times",
      family: "elementwise",
      inputs: ["z", "z"],
      ...made("loss.multiply"),
      ...written(["z", 0], " * ", ["z", 1]),
      shape: [3, 2],
      picture: {
        kind: "elementwise",
        labels: ["i", "j"],
        operands: [named("z", [3, 2], ["i", "j"]), named("z", [3, 2], ["i", "j"])],
      },
    },
    {
      phase: "forward",
      edges: [edge("loss.multiply", 5)],
      line: 2,
      op: "total",
      family: "reduction",
      inputs: ["loss.multiply"],
      ...made("loss"),
      ...written(["loss.multiply", 0], ".sum()"),
      shape: [],
      picture: {
        kind: "reduction",
        labels: [],
        operands: [named("loss.multiply", [3, 2], ["i", "j"])],
      },
    },
    {
      phase: "backward",
      op: "one",
      family: "leaf",
      inputs: [],
      ...made("loss", "gradient"),
      ...written("1"),
      shape: [],
      picture: { kind: "composite", labels: [], operands: [] },
    },
    {
      phase: "backward",
      op: "times",
      family: "elementwise",
      inputs: ["z"],
      ...made("z", "gradient"),
      ...written("2 * ", ["z", 1]),
      shape: [3, 2],
      picture: {
        kind: "elementwise",
        labels: ["i", "j"],
        operands: [
          operand("2", null, null, [], [], { value: 2, constant: true }),
          named("z", [3, 2], ["i", "j"]),
        ],
      },
    },
    {
      phase: "backward",
      op: "product",
      family: "contraction",
      inputs: ["x", "z.g"],
      ...made("w", "gradient"),
      ...written(["x", 0, ".T"], " @ ", ["z.g", 1]),
      shape: [2, 2],
      picture: {
        kind: "product",
        labels: ["i", "j"],
        operands: [
          operand("x.T", "x", "value", [2, 3], ["i", "k"], { transposed: true }),
          operand("z.g", "z", "gradient", [3, 2], ["k", "j"]),
        ],
      },
    },
    {
      phase: "backward",
      op: "total",
      family: "reduction",
      inputs: ["z.g"],
      ...made("b", "gradient"),
      ...written(["z.g", 0], ".sum(0)"),
      shape: [2],
      picture: {
        kind: "reduction",
        labels: ["j"],
        operands: [operand("z.g", "z", "gradient", [3, 2], ["i", "j"])],
      },
    },
    {
      phase: "update",
      op: "minus",
      family: "elementwise",
      inputs: ["w", "w.g"],
      ...made("w", "next"),
      ...written(["w", 0], " - 0.1 * ", ["w.g", 1]),
      shape: [2, 2],
      value: [
        [1, 2],
        [3, 4],
      ],
      picture: {
        kind: "elementwise",
        labels: ["i", "j"],
        operands: [
          named("w", [2, 2], ["i", "j"]),
          operand("w.g", "w", "gradient", [2, 2], ["i", "j"]),
        ],
      },
    },
  ].map((step, index) => ({ index, ...step }));
  const grid = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  return {
    loss: 91,
    tensors: {
      x: tensor("input", [3, 2], grid, grid, ready()),
      w: tensor(
        "parameter",
        [2, 2],
        [
          [1, 0],
          [0, 1],
        ],
        [
          [70, 88],
          [88, 112],
        ],
        ready(null, 6),
      ),
      b: tensor("parameter", [2], [0, 0], [18, 24], ready(null, 7)),
      "z.matmul": tensor("intermediate", [3, 2], grid, grid, { named: false, ...ready(0, 5) }),
      z: tensor(
        "intermediate",
        [3, 2],
        grid,
        [
          [2, 4],
          [6, 8],
          [10, 12],
        ],
        { named: true, assigned: "z", ...ready(1, 5) },
      ),
      "loss.multiply": tensor("intermediate", [3, 2], grid, grid, { named: false, ...ready(2, 5) }),
      loss: tensor("loss", [], 91, 1, { named: true, assigned: "loss", ...ready(3, 4) }),
    },
    steps,
    warnings: [],
  };
}

export const smallRun = {
  id: "r",
  iteration: 0,
  loss: 91,
  version: 1,
  can_undo: false,
  can_redo: false,
  optimizer: { name: "plain", lr: 0.1 },
};

/** A loop of so many repeats over one or two lines: `a = h * w`, `h = a + x`. */
export function loop(repeats) {
  const steps = [];
  const tensors = Object.fromEntries(
    [
      ["h0", "input"],
      ["x", "input"],
      ["w", "parameter"],
    ].map(([name, role]) => [name, { role, shape: [2], dtype: "float64", ...ready() }]),
  );
  const step = (line, inputs, output, op, round) => {
    steps.push({
      index: steps.length,
      phase: "forward",
      edges: inputs.map((tensor) => ({ tensor, gradient: null })),
      line,
      op,
      family: "elementwise",
      inputs,
      ...(round ? { loop: { line: 1, name: "h", round } } : {}),
      ...made(output),
      ...written(...inputs.flatMap((name, at) => [...(at ? [op] : []), [name, at]])),
      shape: [2],
    });
    const assigned = output.includes(".") ? null : output.split("__")[0];
    tensors[output] = {
      role: output === "loss" ? "loss" : "intermediate",
      shape: [2],
      dtype: "float64",
      assigned,
      ...ready(steps.length - 1),
    };
  };
  for (let at = 1; at <= repeats; at += 1) {
    step(2, [at === 1 ? "h0" : `h__${at - 1}`, "w"], `a__${at}`, "*", at);
    step(3, [`a__${at}`, "x"], `h__${at}.add`, "+", at);
    step(3, [`h__${at}.add`], `h__${at}`, "tanh", at);
  }
  step(4, [`h__${repeats}`], "loss", "sum");
  return { loss: 0, tensors, steps, warnings: [] };
}
