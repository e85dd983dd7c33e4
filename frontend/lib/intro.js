/** How to read the page. */

/** What a first visitor has to know, one sentence at a time. */
export const INTRO = [
  "See how a network learns: it computes a loss, then how much each number changes that loss, then better weights. Press Next step.",
  "Blue is a value, orange a gradient. Green numbers are positive, purple ones negative; dotted cells are not computed yet.",
  "Click or tap any number to see how it was computed: Why tells it. Double-click a weight or an input to change it.",
];
