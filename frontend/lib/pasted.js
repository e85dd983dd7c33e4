/** Gradients as somebody's own code prints them, or as it has them: read into what is checked. */

const LINE = /^\s*([A-Za-z_][\w.]*)\s*[=:]\s*(.*)$/s;
const WRAPPERS = /\b(?:np\.|numpy\.|torch\.)?(?:array|tensor|Parameter)\s*\(/g;

/**
 * The gradients by tensor: numbers as nested lists, everything else as a formula. A name may have
 * `.g` or `.grad` behind it, or a `d` before it where only the rest is a tensor.
 *
 * @param {string} text lines `w1 = [[0.1, 0.2]]`, or a JSON object
 * @param {(name: string) => boolean} isTensor
 * @returns {Record<string, any>}
 */
export function pasted(text, isTensor) {
  /** @type {[string, any][]} */
  const entries = objectOf(text) ?? parts(text).map(([name, value]) => [name, numbersOf(value)]);
  return Object.fromEntries(entries.map(([name, value]) => [tensorOf(name, isTensor), value]));
}

/** @param {string} text @returns {[string, any][] | null} */
function objectOf(text) {
  try {
    const content = JSON.parse(text);
    if (typeof content !== "object" || content === null || Array.isArray(content)) return null;
    return Object.entries(content.gradients ?? content);
  } catch {
    return null;
  }
}

/** A name begins a part, which goes on until its brackets are closed. @param {string} text */
function parts(text) {
  /** @type {[string, string][]} */
  const found = [];
  let depth = 0;
  for (const line of text.split("\n")) {
    const begun = depth <= 0 ? LINE.exec(line) : null;
    if (begun) found.push([begun[1], begun[2]]);
    else if (found.length && line.trim()) found[found.length - 1][1] += `\n${line}`;
    if (begun) depth = 0;
    depth += (line.match(/[[(]/g)?.length ?? 0) - (line.match(/[\])]/g)?.length ?? 0);
  }
  return found;
}

/** Numbers where they are some, also as NumPy and PyTorch print them. @param {string} text */
function numbersOf(text) {
  const bare = text.replace(WRAPPERS, "(").trim();
  const inner = /^\((.*?)(?:,\s*(?:dtype|device|requires_grad)\b.*)?\)$/s.exec(bare)?.[1] ?? bare;
  const listed = inner
    .replace(/\bnan\b/gi, "null")
    .replace(/(\d)\.(?!\d)/g, "$1.0")
    .replace(/(^|[[\s,])\+?(-?)\.(\d)/g, "$1$20.$3")
    .replace(/(\d)\s+(?=[-\d])/g, "$1, ")
    .replace(/\]\s*(?=\[)/g, "], ")
    .replace(/,\s*\]/g, "]");
  try {
    return JSON.parse(listed);
  } catch {
    return text.trim();
  }
}

/** @param {string} name @param {(name: string) => boolean} isTensor */
function tensorOf(name, isTensor) {
  const bare = name.replace(/\.(g|grad)$/, "");
  return !isTensor(bare) && bare.startsWith("d") && isTensor(bare.slice(1)) ? bare.slice(1) : bare;
}
