/**
 * A network as one asks for it: layers, data, and how it learns; and every way to change that.
 * @import { Document, Optimizer, Problem } from "./types.js"
 * @import * as answers from "./answers.js"
 * @typedef {answers.LayerOption} LayerOption
 * @typedef {answers.LayerEntry} LayerType
 * @typedef {answers.DatasetChoice} DataOption
 * @typedef {answers.DatasetEntry} Dataset
 * @typedef {answers.LossEntry} Loss
 * @typedef {{type: string} & Record<string, unknown>} Layer
 * @typedef {{dataset: string} & Record<string, unknown>} Data
 * @typedef
 *   {{layers: Layer[], data: Data, count: number, loss: string, init: string, seed: number, optimizer: Optimizer}}
 *   Network
 * @typedef {Omit<answers.LayerCatalogue, "start"> & {start: any}} Catalogue
 * @typedef {object} Building
 * @property {boolean} open
 * @property {Catalogue | null} catalogue
 * @property {Network | null} network    what is asked for
 * @property {answers.BuiltLayer[]} layers       what became of each layer when all was well last
 * @property {Document | null} preview  what would be built
 * @property {{run: string, program: string, network: Network} | null} made  what was built last
 * @property {Problem | null} problem
 */

/** @type {Building} */
export const unbuilt = {
  open: false,
  catalogue: null,
  network: null,
  layers: [],
  preview: null,
  made: null,
  problem: null,
};

/**
 * The network that the service proposes to begin with.
 *
 * @param {Catalogue} catalogue
 * @returns {Network}
 */
export function beginning({ start }) {
  return { ...start, data: typeof start.data === "string" ? { dataset: start.data } : start.data };
}

/** @param {Network} network @param {string} type @returns {Network} */
export function withLayer(network, type) {
  return { ...network, layers: [...network.layers, { type }] };
}

/** @param {Network} network @param {number} at @returns {Network} */
export function withoutLayer(network, at) {
  return { ...network, layers: network.layers.filter((_, place) => place !== at) };
}

/**
 * Another place for a layer; at either end it stays.
 *
 * @param {Network} network
 * @param {number} at
 * @param {number} by
 * @returns {Network}
 */
export function withMoved(network, at, by) {
  const to = at + by;
  if (to < 0 || to >= network.layers.length) return network;
  const layers = [...network.layers];
  const [moved] = layers.splice(at, 1);
  layers.splice(to, 0, moved);
  return { ...network, layers };
}

/**
 * Another type in its place; options that both know are kept.
 *
 * @param {Network} network
 * @param {number} at
 * @param {LayerType} type
 * @returns {Network}
 */
export function withType(network, at, type) {
  const known = new Set(type.options.map(({ name }) => name));
  const kept = Object.fromEntries(
    Object.entries(network.layers[at]).filter(([name]) => known.has(name)),
  );
  return withEntry(network, at, { ...kept, type: type.type });
}

/**
 * @param {Network} network
 * @param {number} at
 * @param {string} name
 * @param {unknown} value null: as it follows from the rest
 * @returns {Network}
 */
export function withOption(network, at, name, value) {
  const { [name]: _, ...rest } = network.layers[at];
  return withEntry(
    network,
    at,
    /** @type {Layer} */ (value === null ? rest : { ...rest, [name]: value }),
  );
}

/** @param {Network} network @param {number} at @param {Layer} layer @returns {Network} */
function withEntry(network, at, layer) {
  return {
    ...network,
    layers: network.layers.map((other, place) => (place === at ? layer : other)),
  };
}

/**
 * Another data set, of which there may be fewer samples, and for which another loss may be due.
 *
 * @param {Network} network
 * @param {Dataset} data
 * @param {Loss[]} losses
 * @returns {Network}
 */
export function withData(network, data, losses) {
  const suits = (/** @type {Loss} */ loss) =>
    loss.classes === null || loss.classes === data.classes.length;
  const loss = losses.find(({ name }) => name === network.loss);
  return {
    ...network,
    data: { dataset: data.name },
    count: Math.min(network.count, data.count),
    loss: loss && suits(loss) ? loss.name : losses.filter(suits)[0].name,
  };
}

/**
 * The optimizer may have been changed elsewhere since.
 *
 * @param {Building} building
 * @param {{id: string, optimizer?: Optimizer | null} | null} run
 * @returns {Network | null}
 */
export function presentNetwork({ network, made }, run) {
  return network && run?.optimizer && made?.run === run.id
    ? { ...network, optimizer: run.optimizer }
    : network;
}

/**
 * How many numbers a document's parameters have.
 *
 * @param {Pick<Document, "parameters">} document
 */
export function parameterCount({ parameters }) {
  const counts = Object.values(/** @type {Record<string, unknown>} */ (parameters)).map(countOf);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** @param {any} tensor nested lists, or a shape with how it is drawn @returns {number} */
function countOf(tensor) {
  if (Array.isArray(tensor)) return tensor.reduce((sum, part) => sum + countOf(part), 0);
  if (tensor && typeof tensor === "object" && Array.isArray(tensor.shape))
    return tensor.shape.reduce(
      (/** @type {number} */ product, /** @type {number} */ one) => product * one,
      1,
    );
  return 1;
}
