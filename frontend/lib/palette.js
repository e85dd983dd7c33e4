/** The colours of the style sheet, for plots. @import { Palette } from "./types.js" */

const NAMES = [
  "value",
  "grad",
  "pos",
  "neg",
  "mid",
  "ink",
  "soft",
  "line",
  "skeleton",
  "panel",
  "lit",
];

/**
 * What the browser makes of the tokens in the present theme.
 *
 * @param {HTMLElement} root
 * @returns {Palette}
 */
export function readPalette(root) {
  const probe = root.ownerDocument.createElement("i");
  probe.style.setProperty("forced-color-adjust", "none");
  root.append(probe);
  const colours = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return /** @type {any} */ (Object.fromEntries(colours));
}
