/**
 * The regions of the page by the ids of their elements, as they are called.
 *
 * @type {Record<string, string>}
 */
export const REGIONS = {
  program: "Program",
  graph: "Computation graph",
  tensors: "Tensors",
  explanation: "Explanation",
  practice: "Practice",
  training: "Training",
};

/**
 * What a frame shows alone, by the name that it has in an address; and the regions that are left out
 * then, beside the page's header.
 *
 * @type {Record<string, string[]>}
 */
export const EMBEDS = { stage: ["program", "graph", "explanation", "practice"] };
