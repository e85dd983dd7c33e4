/** What is looked at stays in view inside of what scrolls; the page itself does not move. */

import { afterDrawing } from "./drawing.js";

/**
 * The `top` of a view of that height in which a stretch is seen: the old one where it is in view
 * already, else one with the stretch in the middle.
 *
 * @param {{top: number, height: number}} view
 * @param {{top: number, height: number}} stretch from the beginning of what scrolls
 */
export function topShowing(view, stretch) {
  const inside = stretch.top >= view.top && stretch.top + stretch.height <= view.top + view.height;
  return inside
    ? view.top
    : Math.max(0, stretch.top - Math.max(0, view.height - stretch.height) / 2);
}

/**
 * Scrolls a panel, and nothing but the panel, until the element is in view.
 *
 * @param {HTMLElement} panel
 * @param {HTMLElement} element
 */
export function showWithin(panel, element) {
  if (panel.scrollHeight <= panel.clientHeight) return;
  const [outer, inner] = [panel.getBoundingClientRect(), element.getBoundingClientRect()];
  const top = inner.top - outer.top - panel.clientTop + panel.scrollTop;
  panel.scrollTop = topShowing(
    { top: panel.scrollTop, height: panel.clientHeight },
    { top, height: inner.height },
  );
}

/** @type {WeakMap<HTMLElement, string>} */
const subjects = new WeakMap();

/**
 * What is about something else begins at its beginning, unless it was chosen by one of the panel's own
 * numbers: that one stays under the pointer, where a second click edits it.
 *
 * @param {HTMLElement} panel @param {string} subject
 */
export function beginAtTop(panel, subject) {
  if (subjects.get(panel) === subject) return;
  subjects.set(panel, subject);
  if (!panel.querySelector("[role=grid]:focus-within")) panel.scrollTop = 0;
}

/** @type {WeakMap<HTMLElement, unknown>} */
const seen = new WeakMap();

/**
 * Keeps the last element that matches in view, whenever what it depends on is another or the
 * panel's size is: whoever scrolls away meanwhile is left alone.
 * @param {HTMLElement} panel @param {string} selector @param {unknown} depends
 */
export function keepInView(panel, selector, depends) {
  const show = () => {
    const element = /** @type {HTMLElement | undefined} */ (
      [...panel.querySelectorAll(selector)].pop()
    );
    if (element) showWithin(panel, element);
  };
  if (!seen.has(panel)) new ResizeObserver(show).observe(panel);
  if (seen.get(panel) === depends) return;
  seen.set(panel, depends);
  afterDrawing(show); // once all that is drawn with it has its size
}
