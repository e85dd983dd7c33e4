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
