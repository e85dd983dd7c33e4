/** Program text for the eye: what in it is a value, a gradient, a number; and where its operands stand. @import { Operand } from "./types.js" */

/**
 * @typedef {{kind: "value" | "gradient" | "name" | "number" | "comment" | "text", text: string, tensor?: string}} Token
 */

const LEXEMES = /(#.*)|([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)/g;
const GRADIENT = /^(.+)\.g(?:rad)?(__\d+)?$/;

/** The tensor that a gradient's name belongs to, or null: `w1.g` and `w1.g__2` are `w1`'s. @param {string} name */
export function gradientOf(name) {
  return GRADIENT.exec(name)?.[1] ?? null;
}

/**
 * @param {string} code
 * @param {(name: string) => boolean} isTensor
 * @returns {Token[]}
 */
export function tokens(code, isTensor) {
  /** @type {Token[]} */
  const list = [];
  let end = 0;
  for (const match of code.matchAll(LEXEMES)) {
    if (match.index > end) list.push({ kind: "text", text: code.slice(end, match.index) });
    end = match.index + match[0].length;
    if (match[1]) list.push({ kind: "comment", text: match[1] });
    else if (match[3]) list.push({ kind: "number", text: match[3] });
    else list.push(...nameTokens(match[2], isTensor));
  }
  if (end < code.length) list.push({ kind: "text", text: code.slice(end) });
  return list;
}

/** The longest known name first: `l1.g.sum` is the gradient `l1.g` and the attribute `.sum`. @param {string} dotted @param {(name: string) => boolean} isTensor @returns {Token[]} */
function nameTokens(dotted, isTensor) {
  const parts = dotted.split(".");
  for (let count = parts.length; count > 0; count -= 1) {
    const name = parts.slice(0, count).join(".");
    const owner = gradientOf(name);
    const rest = parts.slice(count).map((part) => `.${part}`).join("");
    /** @type {Token[]} */
    const tail = rest ? [{ kind: "text", text: rest }] : [];
    if (owner && isTensor(owner)) return [{ kind: "gradient", text: name, tensor: owner }, ...tail];
    if (isTensor(name)) return [{ kind: "value", text: name, tensor: name }, ...tail];
  }
  return [{ kind: "name", text: dotted }];
}

/**
 * The step's text cut at its operands: `w1 - 0.5 * w1.g` around `w1` and `w1.g` is `["", " - 0.5 * ", ""]`.
 * Null where they do not stand in it in their order.
 * @param {string} code
 * @param {string[]} operands
 * @returns {string[] | null}
 */
export function pieces(code, operands) {
  /** @type {string[]} */
  const list = [];
  let end = 0;
  for (const operand of operands) {
    const at = findOperand(code, operand, end);
    if (at < 0) return null;
    list.push(code.slice(end, at));
    end = at + operand.length;
  }
  return [...list, code.slice(end)];
}

/** @param {string} code @param {string} operand @param {number} from */
function findOperand(code, operand, from) {
  for (let at = code.indexOf(operand, from); at >= 0; at = code.indexOf(operand, at + 1)) {
    const before = code.slice(0, at);
    const after = code.slice(at + operand.length);
    const inName = /[\w.]$/.test(before) && /^\w/.test(operand);
    const goesOn = /\w$/.test(operand) && (/^\w/.test(after) || /^\.g(rad)?\b/.test(after));
    if (!inName && !goesOn) return at;
  }
  return -1;
}

/** Without the parentheses that hold one operand alone: `(a > 0) * b` around `a > 0` and `b` is `["", " * ", ""]`. @param {string[]} cut @returns {string[]} */
export function unwrapped(cut) {
  const list = [...cut];
  for (let at = 0; at + 1 < list.length; at += 1) {
    if (!/(^|[^\w)\]])\($/.test(list[at]) || !list[at + 1].startsWith(")")) continue;
    list[at] = list[at].slice(0, -1);
    list[at + 1] = list[at + 1].slice(1);
  }
  return list;
}

/**
 * The step in shapes: `(10, 6) @ (6, 2)`. Operands without a name of their own keep their place, numbers their text.
 * @param {string} code @param {Operand[]} operands @param {(shape: number[]) => string} shapeText
 */
export function inShapes(code, operands, shapeText) {
  const tensors = operands.filter((operand) => operand.shape.length > 0);
  const cut = pieces(code, tensors.map((operand) => operand.code));
  const shapes = tensors.map((operand) => shapeText(operand.shape));
  if (!cut) return shapes.join(", ");
  return unwrapped(cut).map((piece, at) => piece + (shapes[at] ?? "")).join("");
}
