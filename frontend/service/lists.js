/**
 * Answers that never change are files: the lists of operations, examples and the like.
 */

/** What there is a file of. */
const LISTS = [
  "ops",
  "reference",
  "optimizers",
  "examples",
  "exercises",
  "formats",
  "datasets",
  "layers",
  "lessons",
];

/**
 * @param {string} folder  where the files are
 * @param {typeof fetch} others  answers everything else
 * @returns {typeof fetch}
 */
export function listFetcher(folder, others) {
  return (address, options) => {
    const reads = (options?.method ?? "GET") === "GET"; // a lesson of one's own is posted to the list of lessons
    const list = reads && LISTS.find((path) => address === `./api/${path}`);
    return list ? fetch(`${folder}/${list}.json`) : others(address, options);
  };
}
