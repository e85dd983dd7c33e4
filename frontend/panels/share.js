/**
 * The link, which was copied already, with its word beside it, and what a teacher may add to it.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Sharing } from "../state/sharing/reducer.js"
 */

import { h } from "../lib/h.js";
import { REGIONS } from "../lib/regions.js";
import { linkOf } from "../state/sharing/selectors.js";
import { retentionText } from "../views/notices.js";

const MARGIN = 12;

/**
 * Below the button that opens it, or null while there is nothing to share.
 *
 * @param {{sharing: State["sharing"], cursor: number, steps: {output: string, code: string}[], retention: number}} props
 * @param {Commands} commands
 */
export function shareView({ sharing, cursor, steps, retention }, commands) {
  if (!sharing) return null;
  return h(
    "div",
    {
      key: "sharing",
      id: "sharing",
      role: "dialog",
      "aria-label": "Share",
      popover: "auto",
      hook: unfold,
      ontoggle: (/** @type {ToggleEvent} */ event) =>
        event.newState === "closed" && commands.sharing.closeSharing(),
    },
    h(
      "p",
      { class: "row link-row" },
      h("input", {
        type: "text",
        readonly: true,
        "aria-label": "Link",
        value: linkOf(sharing),
        onfocus: (/** @type {any} */ event) => event.target.select(),
      }),
      h(
        "button",
        { type: "button", class: "primary", onclick: commands.sharing.copyLink },
        "Copy link",
      ),
    ),
    h(
      "p",
      { class: "copied", "data-copied": sharing.copied === null ? null : String(sharing.copied) },
      sharing.copied === null
        ? "\u00a0"
        : sharing.copied
          ? "✓ Copied to the clipboard."
          : "The browser does not let the page copy. Select the link and copy it.",
    ),
    h(
      "p",
      { class: "hint" },
      sharing.encoded === null
        ? "This document is too large for a link. The link shows this run as it is when opened. Nobody can change it by the link: the first change makes a copy."
        : "The link contains the document with its current numbers; whoever opens it gets their own copy.",
    ),
    retention > 0 &&
      h(
        "p",
        { class: "hint", key: "retention" },
        retentionText(retention, sharing.encoded === null ? "" : "; this link does not need one"),
      ),
    options(sharing, cursor, steps, commands),
  );
}

/**
 * @param {Sharing} sharing
 * @param {number} cursor
 * @param {{output: string, code: string}[]} steps
 * @param {Commands} commands
 */
function options({ step, hide, practice }, cursor, steps, commands) {
  const first = steps[step ?? cursor];
  return h(
    "fieldset",
    null,
    h("legend", null, "When opened"),
    h(
      "p",
      { class: "row" },
      tick("Start at step", step !== null, (on) =>
        commands.sharing.chooseSharing({ step: on ? cursor : null }),
      ),
      h("input", {
        type: "number",
        min: "1",
        max: String(Math.max(1, steps.length)),
        step: "1",
        "aria-label": "Step to start at",
        value: String((step ?? cursor) + 1),
        disabled: step === null,
        oninput: (/** @type {any} */ event) =>
          event.target.validity.valid &&
          commands.sharing.chooseSharing({ step: event.target.valueAsNumber - 1 }),
      }),
      first && h("code", { class: "first-step" }, `${first.output} = ${first.code}`),
    ),
    h(
      "p",
      { class: "row" },
      tick("Hide gradients until solved", practice, (on) =>
        commands.sharing.chooseSharing({ practice: on }),
      ),
    ),
    h(
      "p",
      { class: "row", role: "group", "aria-label": "Hide" },
      h("span", { class: "field-name", "aria-hidden": "true" }, "Hide"),
      Object.entries(REGIONS).map(([id, name]) =>
        tick(name, hide.includes(id), (on) =>
          commands.sharing.chooseSharing({
            hide: Object.keys(REGIONS).filter((one) => (one === id ? on : hide.includes(one))),
          }),
        ),
      ),
    ),
  );
}

/** @param {string} text @param {boolean} checked @param {(on: boolean) => void} choose */
function tick(text, checked, choose) {
  return h(
    "label",
    { class: "tick", key: text },
    h("input", {
      type: "checkbox",
      checked,
      onchange: (/** @type {any} */ event) => choose(event.target.checked),
    }),
    text,
  );
}

/** It comes up where its button is, as far as the window allows. @param {HTMLElement} element */
function unfold(element) {
  if (!element.isConnected || element.matches(":popover-open")) return;
  const button = /** @type {HTMLElement} */ (
    element.previousElementSibling
  ).getBoundingClientRect();
  const { clientWidth } = document.documentElement;
  element.showPopover();
  element.style.top = `${button.bottom + 6}px`;
  element.style.left = `${Math.max(MARGIN, Math.min(button.right, clientWidth - MARGIN) - element.offsetWidth)}px`;
}
