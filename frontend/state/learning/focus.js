/** Where in a lesson the focus is. */

/** Whoever goes on by keyboard is where the answer is given. */
export function focusAnswer() {
  if (!document.activeElement?.matches("#lesson .next:focus-visible")) return;
  const first = ".answering.open :is(#lesson-answer, .choices-of button)";
  /** @type {HTMLElement | null} */ (document.querySelector(first))?.focus();
}

/** Nothing is left to do in the chapter but to go on. */
export function focusNext() {
  /** @type {HTMLElement | null} */ (document.querySelector("#lesson .next"))?.focus();
}
