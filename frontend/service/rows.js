/**
 * The rows of runs in the browser's own database. A row is named by its run and by what it is of the
 * run; beside it stands, of each run, how often it was written and the id to look at it.
 *
 * @typedef {[string, string, Uint8Array | null]} Change  of a row: run, name and content, null where it
 *   is removed
 * @typedef {{id: string, revision: number, view: string}} Known
 */

const VERSION = 1;

/** The row that says how often a run was written. */
const RUN = "run";

/** @param {string} name */
export async function openRows(name) {
  const database = await opened(name);

  /** @param {string[]} stores @param {IDBTransactionMode} mode */
  const begin = (stores, mode) => database.transaction(stores, mode, { durability: "strict" });

  return {
    /**
     * A run by its id, or by the id to look at it.
     *
     * @param {string} id
     * @returns {Promise<Known | undefined>}
     */
    async find(id) {
      const runs = begin(["runs"], "readonly").objectStore("runs");
      return (await done(runs.get(id))) ?? done(runs.index("view").get(id));
    },

    /** The rows of a run by name. @param {string} run @returns {Promise<[string, Uint8Array][]>} */
    async rows(run) {
      const rows = begin(["rows"], "readonly").objectStore("rows");
      const all = IDBKeyRange.bound([run], [run, []]);
      const [names, contents] = await Promise.all([
        done(rows.getAllKeys(all)),
        done(rows.getAll(all)),
      ]);
      return names.map((key, at) => [/** @type {string[]} */ (key)[1], contents[at]]);
    },

    /** Writes all of that or nothing. @param {Change[]} changes @returns {Promise<void>} */
    write(changes) {
      const transaction = begin(["rows", "runs"], "readwrite");
      const [rows, runs] = [transaction.objectStore("rows"), transaction.objectStore("runs")];
      for (const [run, name, content] of changes) {
        if (content) rows.put(content, [run, name]);
        else rows.delete([run, name]);
        if (name !== RUN) continue;
        if (content) runs.put({ id: run, ...JSON.parse(new TextDecoder().decode(content)) });
        else runs.delete(run);
      }
      return new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
    },
  };
}

/** @param {string} name @returns {Promise<IDBDatabase>} */
function opened(name) {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("rows");
    request.result.createObjectStore("runs", { keyPath: "id" }).createIndex("view", "view");
  };
  return done(request);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
