/**
 * What a page asks first is answered at once from the second visit on: with what the engine answered
 * the visit before, for it needs seconds to start and would say the same again. The run is begun
 * meanwhile, under the id that it has in the answer; whatever was not asked before waits for it.
 *
 * @import { Asked } from "./worker.js"
 * @typedef {{method: string, address: string, status: number, headers: [string, string][], text: string}}
 *   Answer
 * @typedef {[run: string, view: string]} Ids
 * @typedef {object} Opening
 * @property {{address: string, headers: [string, string][], text: string}} asked  what begins the run
 * @property {Ids} ids
 * @property {Ids[]} spare  for runs to come
 * @property {Answer[]} answers  the first is that to `asked`, the others are about the run as it begins
 * @typedef {object} Shelf  where openings are kept
 * @property {(asked: Asked) => Promise<Opening | null>} take  with ids that nobody else gets, to begin the run
 * @property {(address: string) => Promise<Opening | null>} begun  one that was taken, where the address names its run
 * @property {() => Promise<void>} done  its run is there
 * @property {(opening: Opening) => Promise<void>} keep
 * @property {() => Promise<void>} drop  what is kept
 * @typedef {object} Means
 * @property {Shelf} shelf
 * @property {(asked: Asked, answer: Answer) => void} tell
 * @property {(asked: Asked) => Promise<Answer | null>} serve  has the engine answer; null is what cannot be kept
 * @property {(asked: Asked, run: string) => Promise<Answer | "there" | null>} begin  the same under that id, without
 *   telling it; "there" where it was begun already
 * @property {(count: number) => Promise<Ids[]>} foretell  the ids of the next runs
 * @property {() => void} differs  the engine said something else than before
 * @property {(work: () => void) => void} later
 */

/** So many answers are kept, of so many characters at most. */
const [MOST, LONGEST] = [12, 4_000_000];
/** So many pages may be closed before their engine is there to foretell more. */
const SPARE = 20;

const BEGINS = /^\/api\/runs\?/;

/** @param {Means} means */
export function openingOf({ shelf, tell, serve, begin, foretell, differs, later }) {
  /** @type {Promise<Opening | null> | undefined} */
  let first;
  /** What the engine begins, before which it is asked nothing else. @type {Promise<unknown>} */
  let begun = Promise.resolve();
  let isBegun = false;
  let isUnchanged = true;
  /** Of this visit, for the next one. @type {Opening | null} */
  let record = null;

  /** @param {Asked} asked @returns {Promise<Opening | null>} */
  const open = async (asked) => {
    const taken = isBeginning(asked) ? await shelf.take(asked) : await shelf.begun(asked.address);
    if (taken) begun = beginAs(taken);
    return isBeginning(asked) ? taken : null;
  };

  /** @param {Opening} opening */
  const beginAs = async (opening) => {
    const { ids, answers } = opening;
    const asked = beginningOf(opening);
    const answer = await begin(asked, ids[0]);
    await shelf.done();
    isBegun = true;
    if (answer === "there" || answer?.text === answers[0].text) return note(asked, answers[0]);
    await shelf.drop();
    differs();
  };

  /** @param {Asked} asked @param {Answer | null} answer */
  const note = (asked, answer) => {
    if (!answer || !isUnchanged) return;
    const { method, address, headers, body } = asked;
    if (!record && isBeginning(asked) && answer.status === 201) {
      const { id, view_id: view } = JSON.parse(answer.text);
      const text = new TextDecoder().decode(body ?? new ArrayBuffer(0));
      record = { asked: { address, headers, text }, ids: [id, view], answers: [answer], spare: [] };
      later(() => void save());
    } else if (
      record &&
      method === "GET" &&
      address.includes(record.ids[0]) &&
      answer.status === 200
    )
      if (record.answers.length < MOST) record.answers.push(answer);
  };

  const save = async () => {
    if (!record) return;
    const next = { ...record, spare: await foretell(SPARE) };
    if (JSON.stringify(next).length <= LONGEST) await shelf.keep(next);
  };

  const hear = async (/** @type {Asked} */ asked) => {
    const isFirst = !first;
    const opening = await (first ??= open(asked));
    if (asked.method !== "GET" && !isBeginning(asked)) isUnchanged = false;
    const known =
      (isFirst || asked.method === "GET") && isUnchanged && !isBegun && find(opening, asked);
    if (known) return tell(asked, known);
    await begun;
    note(asked, await serve(asked));
  };

  return {
    hear,
    /** Begins a run that another tab shows already, and has not begun yet. @param {string} address that names it */
    async fulfil(address) {
      const promised = await shelf.begun(address);
      if (promised) await begin(beginningOf(promised), promised.ids[0]);
    },
  };
}

/** @param {Opening} opening @returns {Asked} */
function beginningOf({ asked: { address, headers, text } }) {
  const body = new TextEncoder().encode(text).buffer;
  return { number: 0, method: "POST", address, headers, body };
}

/** @param {Asked} asked */
function isBeginning({ method, address }) {
  return method === "POST" && BEGINS.test(address);
}

/** @param {Opening | null} opening @param {Asked} asked */
function find(opening, { method, address }) {
  return opening?.answers.find((one) => one.method === method && one.address === address);
}

/**
 * An opening with ids of its own, and what is left for others; null where nobody foretold any. Ids are
 * long and drawn at random: nothing else reads like one.
 *
 * @param {Opening} opening
 * @returns {{own: Opening, rest: Opening} | null}
 */
export function dealt(opening) {
  const [ids, ...spare] = opening.spare;
  if (!ids) return null;
  const text = opening.ids.reduce(
    (text, old, at) => text.replaceAll(old, ids[at]),
    JSON.stringify({ ...opening, spare: [] }),
  );
  return { own: JSON.parse(text), rest: { ...opening, spare } };
}
