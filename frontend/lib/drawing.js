/**
 * When things are drawn, and what comes after: where something is, or the focus, is known when all
 * panels are drawn, and the browser then finds the places once instead of once a panel.
 */

/** @type {(() => void)[]} */
let waiting = [];
/** What is to be drawn next. @type {{draw: () => void} | null} */
let coming = null;
/** What the next drawing waits for. @type {Promise<unknown> | null} */
let awaited = null;

/** So many promises may settle one after the other before a drawing. */
const SETTLING = 100;
/** So long, in milliseconds, a drawing waits for an answer: three pictures of a screen. */
const PATIENCE = 50;

/**
 * Draw when the present task is done, before the next event: what follows from one answer is drawn
 * together, and the requests that follow leave before. Whatever waits for promises that are settled
 * already has its turn first.
 *
 * @param {() => void} draw
 */
export async function drawSoon(draw) {
  if (coming) return;
  const mine = { draw };
  coming = mine;
  for (let turn = 0; turn < SETTLING; turn += 1) await null;
  while (awaited) await awaited;
  if (coming === mine) drawNow();
}

/**
 * What a change does at once is drawn together with its answer, if that comes soon: the server does
 * not share the processor with a picture that is gone before one has seen it.
 *
 * @param {Promise<unknown>} answer
 */
export function drawWith(answer) {
  const mine = Promise.race([answer, new Promise((go) => setTimeout(go, PATIENCE))]).then(() => {
    if (awaited === mine) awaited = null;
  });
  awaited = mine;
}

/** Draw what has changed before anything else happens. */
export function drawNow() {
  awaited = null;
  if (!coming) return;
  try {
    coming.draw();
  } finally {
    coming = null;
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
