/** Numbers that are dragged with the pointer. */

/** So many pixels sideways are one unit; so many begin a drag. */
const [PIXELS, START] = [10, 4];

/**
 * A tenth of the power of ten of the largest number: what one unit of a drag changes.
 *
 * @param {ArrayLike<number>} numbers
 */
export function unitOf(numbers) {
  let largest = 0;
  for (let at = 0; at < numbers.length; at += 1)
    if (Number.isFinite(numbers[at])) largest = Math.max(largest, Math.abs(numbers[at]));
  return largest === 0 ? 0.1 : 10 ** (Math.floor(Math.log10(largest)) - 1);
}

/** The nearest multiple of a power of ten, as one would write it. @param {number} number @param {number} step */
export function rounded(number, step) {
  const places = Math.max(0, Math.round(-Math.log10(step)));
  return Number((Math.round(number / step) * step).toFixed(Math.min(20, places)));
}

/**
 * Follow the pointer from a press on: a press that does not move is none.
 *
 * @param {PointerEvent} event
 * @param {{begin: () => void, move: (units: number) => void, end: () => void, cancel: () => void}} drag
 */
export function dragPointer(event, { begin, move, end, cancel }) {
  const from = event.clientX;
  let begun = false;
  const listening = new AbortController();
  const { signal } = listening;
  const follow = (/** @type {PointerEvent} */ { clientX, pointerId }) => {
    if (pointerId !== event.pointerId) return;
    if (!begun && Math.abs(clientX - from) < START) return;
    if (!begun) begin();
    begun = true;
    move((clientX - from) / PIXELS);
  };
  const finish = (/** @type {() => void} */ act) => () => {
    listening.abort();
    if (!begun) return;
    // The press was a drag: the click that follows is none on the cell.
    const stop = (/** @type {Event} */ click) => click.stopPropagation();
    addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }));
    act();
  };
  addEventListener("pointermove", follow, { signal });
  addEventListener("pointerup", finish(end), { signal });
  addEventListener("pointercancel", finish(cancel), { signal });
  addEventListener(
    "keydown",
    (key) => {
      if (key.key !== "Escape" || !begun) return;
      key.preventDefault();
      key.stopPropagation();
      finish(cancel)();
    },
    { signal, capture: true },
  );
}
