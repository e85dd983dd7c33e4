/**
 * What takes longer than a blink: how far it is, how fast it goes, how long it will take.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { Busy } from "../state/messages/reducer.js"
 */

import { h } from "../lib/h.js";
import { fromWire, printOne } from "../lib/numbers.js";

const COUNTED = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** @param {Busy} busy @param {Commands} commands */
export function progress({ label, done, total, stop, pace }, commands) {
  return h(
    "div",
    { class: "progress" },
    h(
      "label",
      null,
      h(
        "span",
        null,
        total ? `${label}: ${COUNTED.format(done)} of ${COUNTED.format(total)}` : `${label}…`,
      ),
      h("progress", total ? { max: String(total), value: done } : null),
    ),
    pace &&
      h(
        "span",
        { class: "pace" },
        h("span", null, `loss ${printOne(fromWire(pace.loss), 4)}`),
        h("span", null, paceText(pace)),
      ),
    total > 0 &&
      h(
        "button",
        { type: "button", class: "small", disabled: stop, onclick: commands.training.stop },
        "Stop",
      ),
  );
}

/** @param {{speed: number, left: number | null}} pace */
export function paceText({ speed, left }) {
  if (!speed || left === null) return "";
  return `${speed < 10 ? speed.toPrecision(2) : COUNTED.format(speed)} a second, ${duration(left)} left`;
}

/** @param {number} seconds */
function duration(seconds) {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
