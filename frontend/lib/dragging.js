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
    dropClick();
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

/** The press was a drag: the click that follows is none on the cell. */
function dropClick() {
  const stop = (/** @type {Event} */ click) => click.stopPropagation();
  addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", stop, { capture: true }));
}

/** Between two places of the pointer cells are looked for at every so many pixels. */
const STRIDE = 6;

/**
 * Follow the pointer across the cells of a grid: a press that does not leave its cell is none.
 *
 * @param {PointerEvent} event
 * @param {string} matrix  whose cells count
 * @param {{begin: () => void, cross: (index: number[]) => void}} sweep
 */
export function sweepPointer(event, matrix, { begin, cross }) {
  let [x, y] = [event.clientX, event.clientY];
  let at = cellUnder(x, y, matrix);
  let begun = false;
  const listening = new AbortController();
  const { signal } = listening;
  const visit = (/** @type {string | null} */ place) => {
    if (place === null || place === at) return;
    if (!begun) begin();
    begun = true;
    at = place;
    cross(place.split(",").filter(Boolean).map(Number));
  };
  const follow = (/** @type {PointerEvent} */ { clientX, clientY, pointerId }) => {
    if (pointerId !== event.pointerId) return;
    const [right, down] = [clientX - x, clientY - y];
    const strides = Math.ceil(Math.hypot(right, down) / STRIDE);
    for (let part = 1; part <= strides; part += 1)
      visit(cellUnder(x + (right * part) / strides, y + (down * part) / strides, matrix));
    [x, y] = [clientX, clientY];
  };
  const finish = () => {
    listening.abort();
    if (begun) dropClick();
  };
  addEventListener("pointermove", follow, { signal });
  addEventListener("pointerup", finish, { signal });
  addEventListener("pointercancel", finish, { signal });
}

/** The index of the cell of a grid that lies there, as text. @param {number} x @param {number} y @param {string} matrix */
function cellUnder(x, y, matrix) {
  const cell = /** @type {HTMLElement | null | undefined} */ (
    document.elementFromPoint(x, y)?.closest("[data-index]")
  );
  const grid = /** @type {HTMLElement | null | undefined} */ (cell?.closest("[data-matrix]"));
  return cell && grid?.dataset.matrix === matrix ? (cell.dataset.index ?? null) : null;
}
