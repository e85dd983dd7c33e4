/**
 * When things are drawn, and what comes after: where something is, or the focus, is known when all
 * panels are drawn, and the browser then finds the places once instead of once a panel.
 */

/** @type {(() => void)[]} */
let waiting = [];
let coming = false;

/** So many promises may settle one after the other before a drawing. */
const SETTLING = 100;

/**
 * Draw when the present task is done, before the next event: what follows from one answer is drawn
 * together, and the requests that follow leave before. Whatever waits for promises that are settled
 * already has its turn first.
 *
 * @param {() => void} draw
 */
export async function drawSoon(draw) {
  if (coming) return;
  coming = true;
  for (let turn = 0; turn < SETTLING; turn += 1) await null;
  try {
    draw();
  } finally {
    coming = false;
    const works = waiting;
    waiting = [];
    for (const work of works) work();
  }
}

/** Once what has changed is drawn, or soon where nothing has. @param {() => void} work */
export function afterDrawing(work) {
  if (coming) waiting.push(work);
  else queueMicrotask(work);
}

/**
 * Once what has changed is on the screen: what can wait does not take the time of what a person sees.
 * A page that nobody sees is not painted, so there it is soon.
 *
 * @param {() => void} work
 */
export function afterPainting(work) {
  if (document.hidden) setTimeout(work);
  else requestAnimationFrame(() => setTimeout(work));
}
