/** The trace of a small program, by hand: `z = x @ w + b`, `loss = (z * z).sum()`. */

const tensor = (role, shape, value, gradient, extra = {}) => ({ role, shape, dtype: "float64", value, gradient, ...extra });
const operand = (code, tensor, field, shape, labels, extra = {}) => ({ code, tensor, field, shape, labels, ...extra });
const named = (name, shape, labels) => operand(name, name, "value", shape, labels);

export function smallTrace() {
  const steps = [
    { phase: "forward", line: 1, op: "product", family: "contraction", inputs: ["x", "w"], output: "z.matmul", code: "x @ w", shape: [3, 2],
      picture: { kind: "product", labels: ["i", "j"], operands: [named("x", [3, 2], ["i", "k"]), named("w", [2, 2], ["k", "j"])] } },
    { phase: "forward", line: 1, op: "plus", family: "elementwise", inputs: ["z.matmul", "b"], output: "z", code: "z.matmul + b", shape: [3, 2],
      picture: { kind: "elementwise", labels: ["i", "j"], operands: [named("z.matmul", [3, 2], ["i", "j"]), named("b", [2], ["j"])] } },
    { phase: "forward", line: 2, op: "times", family: "elementwise", inputs: ["z", "z"], output: "loss.multiply", code: "z * z", shape: [3, 2],
      picture: { kind: "elementwise", labels: ["i", "j"], operands: [named("z", [3, 2], ["i", "j"]), named("z", [3, 2], ["i", "j"])] } },
    { phase: "forward", line: 2, op: "total", family: "reduction", inputs: ["loss.multiply"], output: "loss", code: "loss.multiply.sum()", shape: [],
      picture: { kind: "reduction", labels: [], operands: [named("loss.multiply", [3, 2], ["i", "j"])] } },
    { phase: "backward", op: "one", family: "leaf", inputs: [], output: "loss.g", code: "1", shape: [], picture: { kind: "composite", labels: [], operands: [] } },
    { phase: "backward", op: "times", family: "elementwise", inputs: ["z"], output: "z.g", code: "2 * z", shape: [3, 2],
      picture: { kind: "elementwise", labels: ["i", "j"], operands: [operand("2", null, null, [], [], { value: 2 }), named("z", [3, 2], ["i", "j"])] } },
    { phase: "backward", op: "product", family: "contraction", inputs: ["x", "z.g"], output: "w.g", code: "x.T @ z.g", shape: [2, 2],
      picture: { kind: "product", labels: ["i", "j"], operands: [
        operand("x.T", "x", "value", [2, 3], ["i", "k"], { transposed: true }), operand("z.g", "z", "gradient", [3, 2], ["k", "j"])] } },
    { phase: "backward", op: "total", family: "reduction", inputs: ["z.g"], output: "b.g", code: "z.g.sum(0)", shape: [2],
      picture: { kind: "reduction", labels: ["j"], operands: [operand("z.g", "z", "gradient", [3, 2], ["i", "j"])] } },
    { phase: "update", op: "minus", family: "elementwise", inputs: ["w", "w.g"], output: "w", code: "w - 0.1 * w.g", shape: [2, 2], value: [[1, 2], [3, 4]],
      picture: { kind: "elementwise", labels: ["i", "j"], operands: [named("w", [2, 2], ["i", "j"]), operand("w.g", "w", "gradient", [2, 2], ["i", "j"])] } },
  ].map((step, index) => ({ index, ...step }));
  const grid = [[1, 2], [3, 4], [5, 6]];
  return {
    loss: 91,
    tensors: {
      x: tensor("input", [3, 2], grid, grid),
      w: tensor("parameter", [2, 2], [[1, 0], [0, 1]], [[70, 88], [88, 112]]),
      b: tensor("parameter", [2], [0, 0], [18, 24]),
      "z.matmul": tensor("intermediate", [3, 2], grid, grid, { named: false }),
      z: tensor("intermediate", [3, 2], grid, [[2, 4], [6, 8], [10, 12]], { named: true }),
      "loss.multiply": tensor("intermediate", [3, 2], grid, grid, { named: false }),
      loss: tensor("loss", [], 91, 1, { named: true }),
    },
    steps,
    warnings: [],
  };
}

export const smallRun = { id: "r", iteration: 0, loss: 91, version: 1, can_undo: false, can_redo: false, optimizer: { name: "plain", lr: 0.1 } };
