/**
 * A search over the nodes of the graph: by a tensor's name, or by what makes it.
 *
 * @import { Trace } from "./types.js"
 */

const MOST = 12;

/**
 * @typedef {{tensor: string, detail: string}} Found
 * @param {string} query @param {Trace} trace @param {(op: string) => string} symbol
 * @returns {Found[]} the best first
 */
export function search(query, trace, symbol) {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return [];
  const makers = new Map(
    trace.steps.filter(({ phase }) => phase === "forward").map((step) => [step.output, step]),
  );
  const ranked = Object.entries(trace.tensors).flatMap(([tensor, { role, alias }]) => {
    const maker = makers.get(alias ?? tensor);
    const rank = rankOf(
      wanted,
      tensor.toLowerCase(),
      maker ? [maker.op, symbol(maker.op), maker.code] : [role],
    );
    return rank === null ? [] : [{ rank, tensor, detail: maker ? maker.code : role }];
  });
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST)
    .map(({ tensor, detail }) => ({ tensor, detail }));
}

/** @param {string} wanted @param {string} name @param {string[]} others */
function rankOf(wanted, name, others) {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(wanted)) return 2;
  return others.some((text) => text.toLowerCase().includes(wanted)) ? 3 : null;
}
