/**
 * The layers of the network that is built, each with its options.
 *
 * @import { Building, Catalogue, Layer, LayerOption, LayerType, Network } from "../lib/network.js"
 * @import { Problem } from "../lib/types.js"
 * @import { Commands } from "../state/commands.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { h, idleWhen } from "../lib/h.js";
import { withLayer, withMoved, withOption, withType, withoutLayer } from "../lib/network.js";
import { printShape } from "../lib/numbers.js";
import { problemView } from "../views/problem.js";

/**
 * @param {Layer} layer
 * @param {number} at
 * @param {Network} network
 * @param {Catalogue} catalogue
 * @param {Building} building
 * @param {Commands} commands
 */
export function layerView(layer, at, network, catalogue, { layers, problem }, commands) {
  const type = catalogue.layers.find((one) => one.type === layer.type);
  const built = problem || layers.length !== network.layers.length ? null : layers[at];
  const wrong = problem?.where.layer === at + 1 ? problem : null;
  const name = `layer ${at + 1}`;
  return h(
    "li",
    { key: at, class: wrong ? "wrong" : "", "data-layer": String(at) },
    h(
      "div",
      { class: "layer-head" },
      h("span", { class: "line-number", "aria-hidden": "true" }, String(at + 1)),
      typeBox(
        `Type of ${name}`,
        layer.type,
        catalogue.layers,
        (chosen) => commands.builder.become(withType(network, at, chosen)),
        wrong,
      ),
      h(
        "span",
        { class: "shape", title: "The shape of what comes out, for all samples" },
        built ? printShape(built.shape) : "",
      ),
      placeButtons(at, network, commands),
    ),
    type &&
      type.options.length > 0 &&
      h(
        "div",
        { class: "layer-options" },
        type.options.map((option) =>
          optionField(
            option,
            layer[option.name],
            built?.options[option.name],
            name,
            wrong,
            (value) => commands.builder.become(withOption(network, at, option.name, value)),
          ),
        ),
      ),
    h("div", { role: "alert" }, wrong && problemView(wrong, { id: `trouble-${at}` })),
  );
}

/**
 * @param {string} label
 * @param {string} value
 * @param {LayerType[]} types
 * @param {(type: LayerType) => void} choose
 * @param {Problem | null} [wrong]
 */
function typeBox(label, value, types, choose, wrong = null) {
  const groups = [...new Set(types.map(({ group }) => group))];
  return h(
    "select",
    {
      class: "type",
      "aria-label": label,
      value,
      "aria-invalid": wrong ? "true" : null,
      onchange: (/** @type {any} */ event) =>
        choose(/** @type {LayerType} */ (types.find(({ type }) => type === event.target.value))),
    },
    groups.map((group) =>
      h(
        "optgroup",
        { label: group, key: group },
        types
          .filter((one) => one.group === group)
          .map(({ type, title, summary }) =>
            h("option", { value: type, key: type, title: `${title}: ${summary}` }, type),
          ),
      ),
    ),
  );
}

/**
 * Up, down and away; the focus goes along.
 *
 * @param {number} at
 * @param {Network} network
 * @param {Commands} commands
 */
function placeButtons(at, network, commands) {
  const last = network.layers.length - 1;
  const move = (/** @type {number} */ by, /** @type {string} */ word) => {
    const idle = at + by < 0 || at + by > last;
    return h(
      "button",
      {
        type: "button",
        class: "quiet",
        "data-act": word,
        "aria-label": `Move layer ${at + 1} ${word}`,
        title: `Move ${word}`,
        ...idleWhen(idle),
        onclick: () =>
          idle || focusAfter(commands.builder.become(withMoved(network, at, by)), at + by, word),
      },
      by < 0 ? "↑" : "↓",
    );
  };
  return h(
    "span",
    { class: "place-buttons" },
    move(-1, "up"),
    move(1, "down"),
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        "data-act": "remove",
        "aria-label": `Remove layer ${at + 1}`,
        title: "Remove",
        ...idleWhen(last === 0),
        onclick: () =>
          last === 0 ||
          focusAfter(
            commands.builder.become(withoutLayer(network, at)),
            Math.min(at, last - 1),
            "remove",
          ),
      },
      "×",
    ),
  );
}

/**
 * Once it is drawn, to the same button of the layer that is meant.
 *
 * @param {unknown} _
 * @param {number} at
 * @param {string} act
 */
function focusAfter(_, at, act) {
  afterDrawing(() =>
    /** @type {HTMLElement | null} */ (
      document.querySelector(`#builder [data-layer="${at}"] [data-act="${act}"]`)
    )?.focus(),
  );
}

/**
 * @param {LayerOption} option
 * @param {unknown} given
 * @param {unknown} effective what it comes to
 * @param {string} of
 * @param {Problem | null} wrong
 * @param {(value: unknown) => void} set
 */
function optionField(option, given, effective, of, wrong, set) {
  const { name, kind, summary, choices, least, most } = option;
  const words = name.replaceAll("_", " ");
  const value = given === undefined ? option.default : given;
  const common = {
    "aria-label": `${words} of ${of}`,
    "aria-describedby":
      wrong && wrong.detail.includes(name) ? `trouble-${Number(of.slice(6)) - 1}` : null,
  };
  const input =
    kind === "flag"
      ? h("input", {
          type: "checkbox",
          checked: value === true,
          ...common,
          onchange: (/** @type {any} */ event) => set(event.target.checked),
        })
      : kind === "choice"
        ? h(
            "select",
            {
              value: String(value),
              ...common,
              onchange: (/** @type {any} */ event) => set(event.target.value),
            },
            choices.map((choice) => h("option", { value: choice, key: choice }, choice)),
          )
        : numberBox(
            value,
            {
              ...common,
              min: least,
              max: most,
              step: kind === "whole" ? "1" : "any",
              placeholder:
                effective === null || effective === undefined ? "auto" : String(effective),
            },
            (number) => set(number),
          );
  return h(
    "label",
    { class: "field", key: name, title: summary },
    h("span", { class: "field-name" }, words),
    input,
  );
}

/**
 * Takes what was typed once it is meant: on Enter, on leaving, or by the arrows.
 *
 * @param {unknown} value
 * @param {Record<string, unknown>} props
 * @param {(number: number | null) => void} set
 */
export function numberBox(value, props, set) {
  return h("input", {
    type: "number",
    value: value === null || value === undefined ? "" : String(value),
    ...props,
    onchange: (/** @type {any} */ event) =>
      set(event.target.value === "" ? null : event.target.valueAsNumber),
  });
}

/** @param {Network} network @param {Catalogue} catalogue @param {Commands} commands */
export function addForm(network, catalogue, commands) {
  const add = (/** @type {any} */ event) => {
    event.preventDefault();
    void commands.builder.become(withLayer(network, event.target.elements.type.value));
  };
  const groups = [...new Set(catalogue.layers.map(({ group }) => group))];
  return h(
    "form",
    { class: "row add-layer", key: "new", onsubmit: add },
    h(
      "select",
      { class: "type", name: "type", "aria-label": "Type of the new layer" },
      groups.map((group) =>
        h(
          "optgroup",
          { label: group, key: group },
          catalogue.layers
            .filter((one) => one.group === group)
            .map(({ type, title, summary }) =>
              h("option", { value: type, key: type, title: `${title}: ${summary}` }, type),
            ),
        ),
      ),
    ),
    h("button", { type: "submit", class: "small" }, "Add layer"),
  );
}
