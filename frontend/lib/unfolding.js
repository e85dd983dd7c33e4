/** Popovers stand at the control that opens them, inside the window. */

const MARGIN = 8;

/**
 * A hook for a popover: wherever it opens, it stands below its control, or above where there is
 * more room, and gives the focus to what `first` finds in it.
 *
 * @param {string} control a selector of the control
 * @param {string} [first]
 */
export function unfoldBelow(control, first) {
  return (/** @type {HTMLElement & {unfolds?: boolean}} */ element) => {
    if (element.unfolds) return;
    element.unfolds = true;
    element.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState !== "open") return;
      place(element, document.querySelector(control));
      const home = first ? element.querySelector(first) : null;
      /** @type {HTMLElement | null} */ (
        home ?? (first ? element.firstElementChild : null)
      )?.focus();
    });
  };
}

/** @param {HTMLElement} element @param {Element | null} control */
export function place(element, control) {
  if (!control) return;
  const box = control.getBoundingClientRect();
  const { width, height } = element.getBoundingClientRect();
  const [wide, high] = [
    document.documentElement.clientWidth,
    document.documentElement.clientHeight,
  ];
  const left = Math.max(MARGIN, Math.min(box.left, wide - width - MARGIN));
  const below = box.bottom + 4;
  const fits = below + height + MARGIN <= high;
  element.style.left = `${left}px`;
  // What grows while it is open grows away from its control.
  element.style.top = fits ? `${below}px` : "auto";
  element.style.bottom = fits ? "auto" : `${high - box.top + 4}px`;
}
