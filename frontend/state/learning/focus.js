/** Where in a lesson the focus is. */

/**
 * Whoever goes on by keyboard is where the answer is given: in its field, else before what is to be
 * chosen or checked, so that one Enter too many gives no answer.
 */
export function focusAnswer() {
  if (!document.activeElement?.matches("#lesson .next:focus-visible")) return;
  const place = /** @type {HTMLElement | null} */ (
    document.querySelector(".answering.open #lesson-answer") ??
      document.querySelector(".answering.open")
  );
  if (place && !place.matches("input")) place.tabIndex = -1;
  place?.focus({ preventScroll: true });
}

/** Nothing is left to do in the chapter but to go on. */
export function focusNext() {
  /** @type {HTMLElement | null} */ (document.querySelector("#lesson .next"))?.focus();
}
