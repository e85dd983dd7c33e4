/** Whoever works by keyboard stays in the place, even when what had the focus is gone. */

import { afterDrawing } from "./drawing.js";

/**
 * Draw; should the focus fall out of the document with what was removed, the line of the step gets
 * it where it was on a line, else the panel's home, or the panel itself.
 *
 * @param {HTMLElement} panel
 * @param {() => void} draw
 */
export function keepFocus(panel, draw) {
  const within = panel.contains(document.activeElement);
  const stepping = document.activeElement?.matches(".line") ?? false;
  draw();
  if (within && isLost()) afterDrawing(() => isLost() && goHome(panel, stepping));
}

/** It may be given to something once all is drawn; to look for a place before costs a layout of its own. */
function isLost() {
  return document.activeElement === document.body;
}

/** @param {HTMLElement} panel @param {boolean} stepping */
function goHome(panel, stepping) {
  const home = /** @type {HTMLElement | null} */ (
    (stepping && panel.querySelector("[aria-current=step]")) ||
      panel.querySelector("[data-home]:not(:disabled)")
  );
  if (home) return home.focus();
  hold(
    panel.checkVisibility() ? panel : /** @type {HTMLElement} */ (document.querySelector("main")),
  );
}

/** Focus what is not a control, for as long as it has it. @param {HTMLElement} place */
function hold(place) {
  place.tabIndex = -1;
  place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
  place.focus({ preventScroll: true });
}
