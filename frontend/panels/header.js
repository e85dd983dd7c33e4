/**
 * Title, document, modes, undo, and what is needed less often.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { Mode } from "../state/page/reducer.js"
 * @import { State } from "../state/state.js"
 * @import { Theme } from "../state/settings/reducer.js"
 */

import { h, idleWhen } from "../lib/h.js";
import { shareView } from "./share.js";
import { unfoldBelow } from "../lib/unfolding.js";
import { galleryView } from "../views/gallery.js";

/** @type {never[]} */
const none = [];

/** @type {[Mode, string][]} */
export const MODES = [
  ["explore", "Explore"],
  ["practice", "Practice"],
  ["build", "Build"],
  ["plots", "Plots"],
  ["history", "History"],
];

/** @param {State} state */
export function select({
  examples,
  example,
  document,
  run,
  digits,
  theme,
  busy,
  sharing,
  cursor,
  shown,
  mode,
  lesson,
  pace,
  retention,
}) {
  return {
    mode,
    lesson,
    pace,
    retention,
    sharing,
    cursor,
    steps: shown?.trace.steps ?? none,
    examples,
    example,
    title: document?.title ?? null,
    undo: run?.can_undo ?? false,
    redo: run?.can_redo ?? false,
    ready: run !== null,
    digits,
    theme,
    busy: busy !== null,
  };
}

/** @param {ReturnType<typeof select>} props @param {Commands} commands */
export function view(props, commands) {
  return [
    h("h1", null, "Backprop Explorer"),
    ...exampleBox(props, commands),
    modesView(props.mode, commands),
    h("span", { class: "space" }),
    button("Undo", props.undo ? commands.run.undo : null, {
      class: "quiet",
      ...idleWhen(!props.undo),
    }),
    button("Redo", props.redo ? commands.run.redo : null, {
      class: "quiet on-desk",
      ...idleWhen(!props.redo),
    }),
    button("Share", commands.sharing.share, {
      class: "quiet on-desk",
      disabled: !props.ready,
      "aria-haspopup": "dialog",
      "aria-expanded": String(props.sharing !== null),
    }),
    shareView(props, commands),
    h(
      "button",
      { type: "button", class: "quiet", popovertarget: "more", "aria-haspopup": "dialog" },
      "More",
      h("span", { "aria-hidden": "true" }, " ▾"),
    ),
    moreView(props, commands),
  ];
}

/** One radio group: what stands in the stage's place. @param {Mode} mode @param {Commands} commands */
function modesView(mode, commands) {
  return h(
    "div",
    { class: "modes", role: "radiogroup", "aria-label": "Mode", onkeydown: turn },
    MODES.map(([name, text]) =>
      h(
        "button",
        {
          type: "button",
          role: "radio",
          key: name,
          "data-text": text,
          "aria-checked": String(name === mode),
          tabindex: name === mode ? "0" : "-1",
          onclick: () => commands.page.chooseMode(name),
        },
        text,
      ),
    ),
  );
}

/** Arrows choose, as in every radio group. @param {KeyboardEvent} event */
function turn(event) {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!by) return;
  const group = /** @type {HTMLElement} */ (event.currentTarget);
  const radios = /** @type {HTMLElement[]} */ ([...group.querySelectorAll("[role=radio]")]);
  const at = radios.indexOf(/** @type {HTMLElement} */ (event.target));
  const next = radios[(at + by + radios.length) % radios.length];
  event.preventDefault();
  event.stopPropagation();
  next.click();
  next.focus();
}

/** @param {ReturnType<typeof select>} props @param {Commands} commands */
function exampleBox({ examples, example, title }, commands) {
  const choose = (/** @type {any} */ event) => {
    const option = event.target.closest("[data-name]");
    if (!option) return;
    option.closest("[popover]").hidePopover();
    commands.run.openExample(option.dataset.name);
  };
  return [
    h(
      "button",
      {
        type: "button",
        class: "examples-button",
        key: "button",
        popovertarget: "examples",
        "aria-haspopup": "listbox",
        title: "Choose an example",
      },
      "Example",
      h("span", { "aria-hidden": "true" }, " ▾"),
    ),
    h("span", { class: "document", key: "document", title }, title),
    h(
      "div",
      {
        id: "examples",
        key: "examples",
        popover: "auto",
        role: "listbox",
        "aria-label": "Examples",
        hook: unfoldBelow(".examples-button", "[aria-selected=true]"),
        onclick: choose,
        onkeydown: (/** @type {KeyboardEvent} */ event) => moveInList(event, choose),
      },
      ...galleryView(examples, example),
    ),
  ];
}

/** @param {KeyboardEvent} event @param {(event: KeyboardEvent) => void} choose */
function moveInList(event, choose) {
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const options = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=option]")]);
  const at = options.indexOf(/** @type {HTMLElement} */ (event.target));
  const aim = /** @type {Record<string, number>} */ ({
    ArrowRight: Math.min(at + 1, options.length - 1),
    ArrowLeft: Math.max(at - 1, 0),
    ArrowDown: nextRow(options, at, 1),
    ArrowUp: nextRow(options, at, -1),
    Home: 0,
    End: options.length - 1,
  })[event.key];
  if (event.key === "Enter" || event.key === " ") choose(event);
  else if (aim !== undefined) options[aim].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/**
 * The card below or above: of the nearest row the one that stands nearest to the same place.
 *
 * @param {HTMLElement[]} options
 * @param {number} at
 * @param {1 | -1} by
 */
function nextRow(options, at, by) {
  const boxes = options.map((option) => option.getBoundingClientRect());
  const from = boxes[at];
  const beyond = boxes
    .map((box, place) => ({
      place,
      down: by * (box.top - from.top),
      aside: Math.abs(box.left - from.left),
    }))
    .filter(({ down }) => down > 1)
    .sort((one, other) => one.down - other.down || one.aside - other.aside);
  return beyond[0]?.place ?? at;
}

/** @param {ReturnType<typeof select>} props @param {Commands} commands */
function moreView(props, commands) {
  const item = (
    /** @type {string} */ text,
    /** @type {() => void} */ act,
    /** @type {any} */ rest = {},
  ) =>
    button(
      text,
      (/** @type {any} */ event) => {
        event.currentTarget.closest("[popover]").hidePopover();
        act();
      },
      rest,
    );
  return h(
    "div",
    {
      id: "more",
      popover: "auto",
      role: "dialog",
      "aria-label": "More",
      hook: unfoldBelow("[popovertarget=more]"),
    },
    item("Open a document…", () => commands.files.showDialog("open"), {
      "aria-label": "Open",
      "aria-haspopup": "dialog",
    }),
    item("Share", commands.sharing.share, {
      class: "on-phone",
      disabled: !props.ready,
      "aria-haspopup": "dialog",
    }),
    item("Export…", () => commands.files.showDialog("export"), {
      "aria-label": "Export",
      disabled: !props.ready,
      "aria-haspopup": "dialog",
    }),
    h("a", { href: "./ops" }, "Operations"),
    h("hr"),
    h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, "Precision"),
      h(
        "select",
        {
          "aria-label": "Precision",
          value: String(props.digits),
          onchange: (/** @type {any} */ event) =>
            commands.settings.setDigits(Number(event.target.value)),
        },
        [2, 3, 4, 6, 9, 12, 15].map((digits) =>
          h("option", { value: String(digits) }, `${digits} digits`),
        ),
      ),
    ),
    h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, "Play speed"),
      h(
        "select",
        {
          "aria-label": "Play speed",
          value: String(props.pace),
          onchange: (/** @type {any} */ event) =>
            commands.stage.setPace(Number(event.target.value)),
        },
        [
          [1800, "half"],
          [900, "normal"],
          [450, "double"],
          [150, "fast"],
        ].map(([pace, text]) => h("option", { value: String(pace) }, text)),
      ),
    ),
    h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, "Theme"),
      h(
        "select",
        {
          "aria-label": "Theme",
          value: props.theme,
          onchange: (/** @type {any} */ event) => commands.settings.setTheme(event.target.value),
        },
        /** @type {[Theme, string][]} */ ([
          ["system", "As the system"],
          ["light", "Light"],
          ["dark", "Dark"],
        ]).map(([theme, text]) => h("option", { value: theme }, text)),
      ),
    ),
    h("hr"),
    item("Lessons…", () => commands.files.showDialog("lessons"), {
      "aria-label": "Lessons",
      "aria-haspopup": "dialog",
    }),
    item("How to read this page", commands.page.openIntro),
    !props.lesson.open && item("Show the description", commands.page.openLesson),
    item("Keyboard shortcuts", () => commands.files.showDialog("help"), {
      "aria-haspopup": "dialog",
    }),
  );
}

/**
 * @param {string} text
 * @param {((event: any) => void) | null} onclick
 * @param {Record<string, any>} [props]
 */
function button(text, onclick, props = {}) {
  return h("button", { type: "button", key: text, onclick, ...props }, text);
}
