/**
 * A tensor is one thing: when the step changes, it moves from where it stood to where it stands, so
 * that one sees that the result of a step is the operand of the next. A transpose turns about its
 * diagonal.
 */

const DURATION = 200;

/** @typedef {{left: number, top: number, transposed: boolean}} Stand */

/** @type {WeakMap<HTMLElement, {scene: string, stands: Map<string, Stand>}>} */
const before = new WeakMap();

/** What was set in motion last, picture by picture. @type {WeakMap<Element, Animation[]>} */
const moving = new WeakMap();

/** Is anything on its way? Then nothing can be measured. @param {Element} picture */
export function isMoving(picture) {
  return (moving.get(picture) ?? []).some(isOnItsWay);
}

/**
 * What has left the page does not arrive any more: nobody waits for it.
 *
 * @param {Animation} animation
 */
function isOnItsWay({ playState, effect }) {
  const target = /** @type {KeyframeEffect | null} */ (effect)?.target;
  return playState === "running" && target?.isConnected === true;
}

/** @type {WeakMap<Element, () => unknown>} */
const waiting = new WeakMap();

/**
 * Once nothing is on its way any more: the last one that was asked for is done.
 *
 * @param {Element} picture
 * @param {() => unknown} act
 */
export function whenStill(picture, act) {
  const waits = waiting.has(picture);
  waiting.set(picture, act);
  if (waits) return;
  const moving = picture.getAnimations({ subtree: true }).map(({ finished }) => finished);
  void Promise.allSettled(moving).then(() => {
    const last = waiting.get(picture);
    waiting.delete(picture);
    if (isMoving(picture) && last) whenStill(picture, last);
    else last?.();
  });
}

/**
 * Whatever is on its way arrives, as soon as another step is to be shown.
 *
 * @param {HTMLElement} picture
 * @param {string} scene
 */
export function settleTensors(picture, scene) {
  if (before.get(picture)?.scene === scene) return;
  for (const animation of moving.get(picture) ?? []) animation.finish();
}

/**
 * To be called after every draw of the picture.
 *
 * @param {HTMLElement} picture
 * @param {string} scene names the step that it shows
 */
export function moveTensors(picture, scene) {
  const old = before.get(picture);
  if (old?.scene === scene) return;
  const stands = standsOf(picture);
  before.set(picture, {
    scene,
    stands: new Map([...stands].map(([key, { stand }]) => [key, stand])),
  });
  if (!old || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  /** @type {(Animation | null)[]} */
  const begun = [...stands].map(([key, { element, stand }]) => {
    const from = old.stands.get(key);
    return from ? move(element, from, stand) : appear(element);
  });
  moving.set(
    picture,
    begun.filter((one) => one !== null),
  );
}

/** @param {HTMLElement} picture @returns {Map<string, {element: HTMLElement, stand: Stand}>} */
function standsOf(picture) {
  const found = new Map();
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (
    picture.querySelectorAll("[data-tensor]")
  )) {
    const { left, top } = element.getBoundingClientRect();
    const { tensor, field, transposed } = element.dataset;
    found.set(`${tensor} ${field}`, {
      element,
      stand: { left, top, transposed: transposed !== undefined },
    });
  }
  return found;
}

/** @param {HTMLElement} element */
function appear(element) {
  return element.animate([{ opacity: 0 }, { opacity: 1 }], {
    duration: DURATION,
    easing: "ease-out",
  });
}

/** @param {HTMLElement} element @param {Stand} from @param {Stand} to */
function move(element, from, to) {
  const [x, y] = [from.left - to.left, from.top - to.top];
  const turn = from.transposed === to.transposed ? "" : " rotate3d(1, 1, 0, 180deg)";
  if (!turn && Math.abs(x) < 1 && Math.abs(y) < 1) return null;
  return element.animate(
    [
      { transform: `translate(${x}px, ${y}px)${turn}`, transformOrigin: "0 0" },
      {
        transform: `translate(0, 0)${turn ? " rotate3d(1, 1, 0, 0deg)" : ""}`,
        transformOrigin: "0 0",
      },
    ],
    { duration: DURATION, easing: "ease-in-out" },
  );
}
