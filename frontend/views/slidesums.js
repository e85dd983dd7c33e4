/**
 * The sums of what is laid on another tensor, one for each sample: bars of which one is chosen.
 *
 * @import { Lead } from "../lib/slide.js"
 * @import { SlidePicture } from "../state/slide/selectors.js"
 * @import { PictureOptions } from "./picture.js"
 * @import { SlideCommands } from "./slide.js"
 */

import { h } from "../lib/h.js";
import { printOne, signed } from "../lib/numbers.js";
import { sumOf } from "../lib/slide.js";

/** The lower part, the sums and the result: in a high room and in a low one. */
const [SUMS, FEW, LOW] = [178, 134, 440];

/** @param {number} height of the room */
export function sumsHeight(height) {
  return height < LOW ? FEW : SUMS;
}

/** @param {{tensor: string, field: string}} operand */
export function codeOf({ tensor, field }) {
  return field === "gradient" ? `${tensor}.g` : tensor;
}

/** A number with its sign. @param {number} number @param {number} digits */
export function plus(number, digits) {
  return `${number > 0 ? "+" : ""}${printOne(number, digits + 1)}`;
}

/**
 * The sums of all samples, of which one is on the screen, and what they add up to.
 *
 * @param {SlidePicture} scene
 * @param {PictureOptions} options
 * @param {SlideCommands} commands
 */
export function sumsView(
  { layout, sums, picks, total, added, addedCode, rows },
  options,
  commands,
) {
  const [lead] = layout.leads;
  const end = [
    addedCode && ` plus ${addedCode} (${printOne(added, options.digits)})`,
    sums ? " add up to " : " is ",
    h("b", null, printOne(total, options.digits + 1)),
    " →",
  ];
  const what =
    lead &&
    (lead.batch
      ? "samples"
      : `positions on axis ${lead.axis} of ${codeOf(layout.slide.operands[lead.operand])}`);
  const text = sums
    ? [`the sums of all ${lead.length} ${what}`, ...end]
    : ["the sum ", h("b", null, plus(sumOf(rows), options.digits)), ...end];
  return h(
    "figure",
    { class: "slide-bars", key: "sums" },
    h("figcaption", null, ...text),
    sums && barsView(sums, lead, picks[lead.letter], options, commands),
  );
}

/** Above the bars their heading stands, below them what they are counted by. */
const [BESIDE_BARS, MOST_LABELS] = [64, 8];

/**
 * @param {number[]} sums
 * @param {Lead} lead
 * @param {number} now
 * @param {PictureOptions} options
 * @param {SlideCommands} commands
 */
function barsView(sums, lead, now, { digits, room }, commands) {
  const [low, high] = [Math.min(0, ...sums), Math.max(0, ...sums)];
  const wide = high - low || 1;
  const tall = sumsHeight(room.height) - BESIDE_BARS;
  const down = (/** @type {number} */ value) => 4 + ((tall - 8) * (high - value)) / wide;
  const every = Math.ceil(sums.length / MOST_LABELS / 5) * 5 || 1;
  const step = sums.length <= MOST_LABELS ? 1 : every;
  const word = lead.batch ? "sample" : "position";
  return h(
    "div",
    {
      class: "slide-bar-row",
      role: "img",
      "aria-label": `Sums per ${word}, from ${printOne(low, digits)} to ${printOne(high, digits)}; ${word} ${now}: ${printOne(sums[now], digits)}`,
      style: { "--zero": `${down(0)}px`, "--tall": `${tall}px` },
    },
    sums.map((sum, at) =>
      h(
        "span",
        {
          class: at === now ? "slide-bar now" : "slide-bar",
          key: at,
          title: signed(`${word} ${at}: ${printOne(sum, digits + 1)}`),
          onclick: () => commands.pick(lead, at),
        },
        h("i", {
          class: sum < 0 ? "below" : "",
          style: {
            top: `${Math.min(down(sum), down(0))}px`,
            height: `${Math.abs(down(sum) - down(0))}px`,
          },
        }),
        (at === now || (at % step === 0 && Math.abs(at - now) > step / 3)) &&
          h("b", null, String(at)),
      ),
    ),
  );
}
