/**
 * Program text for the eye: what in it is a value, a gradient, a number; and a step's code in
 * shapes.
 *
 * @import { Operand, Step, Token } from "./types.js"
 */

/**
 * @typedef
 *   {{kind: "value" | "gradient" | "name" | "number" | "comment" | "text", text: string, tensor?: string}}
 *   Word
 */

const LEXEMES =
  /(#.*)|([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)|(\.[A-Za-z_]\w*)/g;
const GRADIENT = /^g(?:rad)?(?:__\d+)?$/;

/**
 * The words of text that a person may have written.
 *
 * @param {string} code
 * @param {(name: string) => boolean} isTensor
 * @returns {Word[]}
 */
export function words(code, isTensor) {
  /** @type {Word[]} */
  const list = [];
  let end = 0;
  for (const match of code.matchAll(LEXEMES)) {
    if (match.index > end) list.push({ kind: "text", text: code.slice(end, match.index) });
    end = match.index + match[0].length;
    if (match[1]) list.push({ kind: "comment", text: match[1] });
    else if (match[3]) list.push({ kind: "number", text: match[3] });
    else if (match[4]) list.push({ kind: "text", text: match[4] });
    else list.push(...wordsOfName(match[2].split("."), isTensor));
  }
  if (end < code.length) list.push({ kind: "text", text: code.slice(end) });
  return list;
}

/**
 * The longest known name first: `l1.g.sum` is the gradient `l1.g` and the attribute `.sum`.
 *
 * @param {string[]} parts
 * @param {(name: string) => boolean} isTensor
 * @returns {Word[]}
 */
function wordsOfName(parts, isTensor) {
  for (let count = parts.length; count > 0; count -= 1) {
    const tensor = parts.slice(0, count).join(".");
    if (!isTensor(tensor)) continue;
    const isGradient = GRADIENT.test(parts[count] ?? "");
    const known = count + Number(isGradient);
    const tail = parts
      .slice(known)
      .map((part) => `.${part}`)
      .join("");
    return [
      { kind: isGradient ? "gradient" : "value", text: parts.slice(0, known).join("."), tensor },
      ...(tail ? [{ kind: /** @type {const} */ ("text"), text: tail }] : []),
    ];
  }
  return [{ kind: "name", text: parts.join(".") }];
}

/** The words of a step's code. @param {Token[]} tokens @returns {Word[]} */
export function wordsOf(tokens) {
  return tokens.flatMap(({ text, tensor, field }) =>
    tensor === undefined
      ? words(text, () => false)
      : [{ kind: field === "gradient" ? "gradient" : "value", text, tensor }],
  );
}

/**
 * The words of a step, `w1.g = x.T @ l1.g`.
 *
 * @param {Pick<Step, "output" | "of" | "tokens">} step
 * @param {(name: string) => boolean} isTensor
 * @returns {Word[]}
 */
export function statement({ output, of, tokens }, isTensor) {
  return [
    ...wordsOf([{ text: output, ...(isTensor(of.tensor) ? of : {}) }]),
    { kind: "text", text: " = " },
    ...wordsOf(tokens),
  ];
}

/**
 * What stands between a step's operands: `w1 - 0.5 * w1.g` around `w1` and `w1.g` is `["", " - 0.5
 * * ", ""]`.
 * Null where they do not stand in it in their order.
 * @param {Token[]} tokens
 * @param {(number | undefined)[]} operands  their positions
 * @returns {string[] | null}
 */
export function between(tokens, operands) {
  const list = [""];
  /** @type {number | undefined} */
  let inside;
  for (const { text, operand } of tokens) {
    if (operand !== undefined && operand === inside) continue;
    inside = operand !== undefined && operand === operands[list.length - 1] ? operand : undefined;
    if (inside === undefined) list[list.length - 1] += text;
    else list.push("");
  }
  return list.length === operands.length + 1 ? list : null;
}

/**
 * The step in shapes: `(10, 6) @ (6, 2)`. Operands without axes keep their text.
 * @param {Token[]} tokens
 * @param {Operand[]} operands
 * @param {(shape: number[]) => string} shapeText
 */
export function inShapes(tokens, operands, shapeText) {
  const shapeOf = (/** @type {number | undefined} */ at) =>
    at === undefined || !operands[at]?.shape.length ? null : shapeText(operands[at].shape);
  if (
    operands.some(
      ({ shape }, at) => shape.length > 0 && !tokens.some(({ operand }) => operand === at),
    )
  )
    return operands.flatMap((_, at) => shapeOf(at) ?? []).join(", ");
  return tokens
    .map(({ text, operand }, at) => {
      const shape = shapeOf(operand);
      if (shape === null) return text;
      return at > 0 && tokens[at - 1].operand === operand ? "" : shape;
    })
    .join("");
}
