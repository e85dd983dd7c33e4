/**
 * What is read for the screen: by a key, once at a time, and again whenever another key is wanted.
 */

/**
 * The newest answers, by their keys.
 *
 * @template T
 * @param {number} most  how many are kept
 */
export function createMemory(most) {
  /** @type {Map<string, T>} */
  const answers = new Map();
  return {
    /** @param {string} key */
    get: (key) => answers.get(key),
    /** @param {string} key @param {T} answer */
    set(key, answer) {
      answers.set(key, answer);
      if (answers.size > most) answers.delete([...answers.keys()][0]);
    },
    clear: () => answers.clear(),
  };
}

/**
 * Reads what is wanted: what is on its way is not asked for again, what is known is there at once, and
 * an answer to what is no longer wanted is kept and not shown. What was refused is not kept.
 *
 * @template {{key: string}} W
 * @template A
 * @param {object} means
 * @param {() => W[]} means.wanted  what the screen lacks
 * @param {(one: W) => Promise<A>} means.ask
 * @param {(one: W, answer: A) => string | void} means.show  the answer; it may name the key under which
 *   it will be wanted from now on
 * @param {(one: W, error: unknown) => void} means.refuse
 * @param {number} [means.most]  how many answers are kept
 * @param {boolean} [means.single]  whether one request waits for the other
 */
export function createQuery({ wanted, ask, show, refuse, most = 0, single = false }) {
  const memory = /** @type {ReturnType<typeof createMemory<A>>} */ (createMemory(most));
  /** @type {Map<string, Promise<void>>} */
  const underway = new Map();

  const isWanted = (/** @type {W} */ { key }) => wanted().some((one) => one.key === key);

  /** @param {W} one */
  const read = async (one) => {
    /** @type {() => void} */
    let settle;
    try {
      const answer = await ask(one);
      settle = () => memory.set((isWanted(one) && show(one, answer)) || one.key, answer);
    } catch (error) {
      settle = () => isWanted(one) && refuse(one, error);
    }
    underway.delete(one.key);
    settle();
    if (single) follow();
  };

  /** Read what the screen lacks; resolves once what is on its way now is shown. */
  const follow = () => {
    for (const one of wanted()) {
      if (underway.has(one.key)) continue;
      if (single && underway.size > 0) break;
      const known = memory.get(one.key);
      if (known !== undefined) return void show(one, known);
      underway.set(one.key, read(one));
    }
  };

  return {
    follow,
    /** Is it on its way? Resolves once it is shown. @param {string} key */
    reading: (key) => underway.get(key),
  };
}
