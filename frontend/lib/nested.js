/** Numbers in nested lists, as a person types them. */

/**
 * @param {string} text  `[[1, 2.5], [3, -4]]`
 * @returns {unknown[] | null} null where it is no list of numbers
 */
export function parseNested(text) {
  try {
    const value = JSON.parse(
      text
        .replace(/(\d)\.(?!\d)/g, "$1")
        .replace(/(^|[[\s,])\+?(-?)\.(\d)/g, "$1$20.$3")
        .replace(/,\s*\]/g, "]"),
    );
    return Array.isArray(value) && value.flat(Infinity).every((one) => typeof one === "number")
      ? value
      : null;
  } catch {
    return null;
  }
}
