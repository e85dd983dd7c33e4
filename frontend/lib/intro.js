/** How to read the page. */

/** What a first visitor has to know, one sentence at a time. */
export const INTRO = [
  "A training iteration is a list of steps. Each step computes one tensor from others; press Next step, or the → key, to walk through them.",
  "Blue is a value, orange a gradient. Green numbers are positive, purple ones negative; hatched cells are not computed yet.",
  "Click any number to see the numbers it was made of. Double-click a weight or an input to change it.",
];
