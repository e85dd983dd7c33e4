/**
 * A formula with the shapes of what it is made of, as the service has read it:
 * `x.T (10, 6) @ l1.g (6, 2)`.
 *
 * @typedef {{text: string, shape: number[] | null}} Piece  the shape of what the text stands for; null:
 *   what stands between
 * @typedef {{code: string, shape: number[]}} Known
 */

/**
 * The largest parts whose shapes are known, and the text between them.
 *
 * @param {string} code
 * @param {Known[]} known parts of it
 * @returns {Piece[]}
 */
export function annotated(code, known) {
  /** @type {{from: number, to: number, shape: number[]}[]} */
  const taken = [];
  const parts = known.filter((part) => part.code !== code && part.code.length > 0);
  for (const part of parts.sort((one, other) => other.code.length - one.code.length))
    for (const from of places(code, part.code)) {
      const to = from + part.code.length;
      if (taken.every((other) => to <= other.from || from >= other.to))
        taken.push({ ...bracketed(code, from, to), shape: part.shape });
    }
  taken.sort((one, other) => one.from - other.from);
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  for (const { from, to, shape } of taken) {
    if (from > end) pieces.push({ text: code.slice(end, from), shape: null });
    pieces.push({ text: code.slice(from, to), shape });
    end = to;
  }
  if (end < code.length) pieces.push({ text: code.slice(end), shape: null });
  return pieces;
}

/**
 * Where a part stands as a whole: not within a longer name.
 *
 * @param {string} code
 * @param {string} part
 */
function places(code, part) {
  const found = [];
  for (let at = code.indexOf(part); at >= 0; at = code.indexOf(part, at + 1)) {
    const [before, after] = [code[at - 1] ?? " ", code[at + part.length] ?? " "];
    const whole =
      !(/[\w.]/.test(before) && /\w/.test(part[0])) &&
      !(/\w/.test(after) && /\w/.test(part[part.length - 1]));
    if (whole) found.push(at);
  }
  return found;
}

/**
 * Together with the brackets around it.
 *
 * @param {string} code
 * @param {number} from
 * @param {number} to
 */
function bracketed(code, from, to) {
  const called = /[\w\])]/.test(code[from - 2] ?? " ");
  return code[from - 1] === "(" && code[to] === ")" && !called
    ? { from: from - 1, to: to + 1 }
    : { from, to };
}

/**
 * The two factors of a matrix product: a row of one meets a column of the other.
 *
 * @param {Piece[]} pieces
 * @param {number[]} shape of the result
 */
export function isProduct(pieces, shape) {
  const [one, between, other] = pieces;
  return (
    pieces.length === 3 &&
    between.shape === null &&
    one.shape?.length === 2 &&
    other.shape?.length === 2 &&
    shape.length === 2 &&
    one.shape[1] === other.shape[0] &&
    one.shape[0] === shape[0] &&
    other.shape[1] === shape[1]
  );
}
