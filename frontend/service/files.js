/**
 * The service's calls about files: what they hold, runs of them, and runs as files.
 *
 * @import { Run } from "../lib/types.js"
 * @import { Format } from "../lib/files.js"
 * @import { Moment } from "../lib/moment.js"
 * @import { Version } from "./client.js"
 */

import { exportPath, fileName } from "../lib/files.js";
import { runPath, tag } from "./path.js";

/** @param {ReturnType<typeof import("./transport.js").createTransport>} transport */
export function createFileCalls({ call, fetched, send }) {
  return {
    /** @returns {Promise<Format[]>} */
    formats: () => call("GET", "/formats"),
    /**
     * A run of what a file holds.
     *
     * @param {Blob} file
     * @param {string} [query] of a file of data: what begins with it
     * @returns {Promise<import("../lib/answers.js").ImportedRun & {run: Run}>}
     */
    importFile: (file, query = "") => send(`/import?run=true${query}`, file),
    /**
     * What a file of data holds, and where it fits.
     *
     * @param {Blob} file
     * @param {string} query
     * @returns {Promise<import("../lib/answers.js").Inspected>}
     */
    inspectData: (file, query) => send(`/data?${query}`, file),
    /**
     * A document of code, or a run of it: the text, and the tensors beside it.
     *
     * @param {unknown} body
     * @param {boolean} run
     * @returns {Promise<any>}
     */
    importCode: (body, run) =>
      send(`/import?format=code${run ? "&run=true" : ""}`, new Blob([JSON.stringify(body)])),
    /**
     * The shape of a tensor that code misses, as an input and as a parameter, as far as it follows.
     *
     * @param {unknown} body
     * @returns {Promise<import("../lib/answers.js").MissingShapes>}
     */
    missingShapes: (body) => call("POST", "/shapes", body),
    /**
     * @param {Version} known
     * @param {Blob} file
     * @param {string} [query] where its numbers go
     * @returns {Promise<Run & {replaced: string[], warnings: string[]}>}
     */
    importTensors: (known, file, query = "") =>
      send(`${runPath(known.id)}/import?${query}`, file, { "If-Match": tag(known) }),
    /**
     * @param {string} id
     * @param {Format} format
     * @param {Moment} moment
     * @param {number | null} [first]
     * @returns {Promise<{name: string, content: Blob}>}
     */
    async exportFile(id, format, moment, first) {
      const answer = await fetched(exportPath(id, format, moment, first));
      return {
        name: fileName(answer.headers.get("Content-Disposition"), format),
        content: await answer.blob(),
      };
    },
  };
}
