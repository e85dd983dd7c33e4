/**
 * A network out of layers: what it is made of, and what it learns from.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Building, Catalogue, DataOption, Layer, LayerOption, LayerType, Network } from "../lib/network.js"
 * @import { Trouble } from "../lib/types.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { h, idleWhen } from "../lib/h.js";
import {
  parameterCount,
  presentNetwork,
  withData,
  withLayer,
  withMoved,
  withOption,
  withType,
  withoutLayer,
} from "../lib/network.js";
import { printShape } from "../lib/numbers.js";
import { codeView } from "../views/code.js";
import { troubleView } from "../views/trouble.js";

/** @param {State} state */
export function select({ builder, run, document, optimizers }) {
  return builder.open ? { builder, run, document, optimizers } : { builder: null };
}

/** @param {unknown} _ @param {Commands} commands @param {State} state */
export function view(_, commands, state) {
  const { builder } = state;
  if (!builder.open) return [];
  const network = presentNetwork(builder, state.run);
  const { catalogue, trouble } = builder;
  if (!catalogue || !network)
    return [h("p", { class: "pending build-empty" }, trouble ? trouble.detail : "Loading…")];
  return [
    h(
      "div",
      { class: "builder", id: "builder", key: "builder" },
      h("h2", { key: "title" }, "Layers"),
      h(
        "ol",
        { class: "layers", "aria-label": "Layers" },
        network.layers.map((layer, at) =>
          layerView(layer, at, network, catalogue, builder, commands),
        ),
      ),
      addForm(network, catalogue, commands),
      settings(network, catalogue, state, commands),
      h(
        "div",
        { role: "alert", key: "alert" },
        trouble && trouble.where.layer === undefined && troubleView(trouble),
      ),
    ),
    previewView(state, commands),
  ];
}

/** What would be built, as it follows every change. @param {State} state @param {Commands} commands */
function previewView(state, commands) {
  const { builder } = state;
  const { preview, layers, trouble } = builder;
  const count = preview ? parameterCount(preview) : 0;
  return h(
    "div",
    { class: "build-preview", key: "preview", role: "group", "aria-label": "Preview" },
    h("h2", null, "Preview"),
    preview && [
      h("p", { class: "preview-title", key: "title" }, preview.title ?? ""),
      h(
        "p",
        { class: "hint", key: "count" },
        `${count.toLocaleString("en")} ${count === 1 ? "parameter" : "parameters"}`,
        layers[0] ? `, ${layers[0].shape[0].toLocaleString("en")} samples` : "",
        trouble ? ". The last network without an error." : "",
      ),
      h(
        "pre",
        {
          class: "preview-program",
          key: "program",
          "aria-label": "Program",
          tabindex: "0",
          "data-old": trouble ? "true" : null,
        },
        preview.program
          .split("\n")
          .map((line, at) =>
            h(
              "div",
              { key: at },
              h("span", { class: "line-number", "aria-hidden": "true" }, String(at + 1)),
              h("code", null, ...codeView(line, (name) => isNamed(name, preview))),
            ),
          ),
      ),
      h(
        "ol",
        { class: "flow", key: "flow", "aria-label": "Shapes" },
        layers.map(({ shape }, at) =>
          h(
            "li",
            { key: at },
            h("span", { class: "flow-bar", style: { width: `${flowWidth(shape)}%` } }),
            h("code", null, builder.network?.layers[at]?.type ?? ""),
            h("code", { class: "shape" }, printShape(shape)),
          ),
        ),
      ),
    ],
    h(
      "div",
      { class: "build-foot", key: "foot" },
      h("p", { class: "hint", id: "builder-notice" }, noticeText(state)),
      h(
        "button",
        {
          type: "button",
          class: "primary",
          ...idleWhen(trouble !== null),
          onclick: () => trouble ?? commands.builder.write(),
        },
        "Build this network",
      ),
    ),
  );
}

/** @param {string} name @param {import("../lib/types.js").Document} document */
function isNamed(name, { program, inputs, parameters }) {
  return (
    Object.hasOwn(inputs ?? {}, name) ||
    Object.hasOwn(parameters ?? {}, name) ||
    program.split("\n").some((line) => line.startsWith(`${name} = `))
  );
}

/** How wide a layer is drawn: by the logarithm of what it has for a sample. @param {number[]} shape */
function flowWidth(shape) {
  const units = shape.slice(1).reduce((product, length) => product * length, 1);
  return Math.min(100, 8 + 9 * Math.log2(1 + units));
}

/** How the layers and the program that is open stand to each other. @param {State} state */
function noticeText({ builder: { made, network }, run, document }) {
  if (made === null || made.run !== run?.id)
    return "These layers differ from the program shown. Building them opens a new run.";
  if (document !== null && document.program !== made.program)
    return "The program was edited by hand, and these layers do not follow it. Building them opens a new run.";
  return made.network === network
    ? "This network is built: it is the program shown."
    : "These layers changed since they were built. Building them opens a new run.";
}

/**
 * @param {Layer} layer
 * @param {number} at
 * @param {Network} network
 * @param {Catalogue} catalogue
 * @param {Building} building
 * @param {Commands} commands
 */
function layerView(layer, at, network, catalogue, { layers, trouble }, commands) {
  const type = catalogue.layers.find((one) => one.type === layer.type);
  const built = trouble || layers.length !== network.layers.length ? null : layers[at];
  const wrong = trouble?.where.layer === at + 1 ? trouble : null;
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
    h("div", { role: "alert" }, wrong && troubleView(wrong, { id: `trouble-${at}` })),
  );
}

/**
 * @param {string} label
 * @param {string} value
 * @param {LayerType[]} types
 * @param {(type: LayerType) => void} choose
 * @param {Trouble | null} [wrong]
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
 * @param {Trouble | null} wrong
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
function numberBox(value, props, set) {
  return h("input", {
    type: "number",
    value: value === null || value === undefined ? "" : String(value),
    ...props,
    onchange: (/** @type {any} */ event) =>
      set(event.target.value === "" ? null : event.target.valueAsNumber),
  });
}

/** @param {Network} network @param {Catalogue} catalogue @param {Commands} commands */
function addForm(network, catalogue, commands) {
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

/** @param {Network} network @param {Catalogue} catalogue @param {State} state @param {Commands} commands */
function settings(network, catalogue, { optimizers }, commands) {
  const become = (/** @type {Partial<Network>} */ part) =>
    void commands.builder.become({ ...network, ...part });
  const data = catalogue.datasets.find(({ name }) => name === network.data.dataset);
  const losses = catalogue.losses.filter(
    ({ classes }) => classes === null || classes === data?.classes.length,
  );
  const rate = network.optimizer.lr;
  return h(
    "div",
    { class: "settings", key: "settings" },
    choiceField(
      "Data",
      network.data.dataset,
      catalogue.datasets.map(({ name, title }) => [name, title]),
      (name) => {
        const chosen = catalogue.datasets.find((one) => one.name === name);
        if (chosen) void commands.builder.become(withData(network, chosen, catalogue.losses));
      },
    ),
    numberField(
      "samples",
      network.count,
      { min: 1, max: data?.count, step: "1" },
      `at most ${data?.count}`,
      (count) => count !== null && become({ count }),
    ),
    Object.entries(data?.options ?? {}).map(([name, option]) =>
      dataField(name, option, network, become),
    ),
    choiceField(
      "Weights",
      network.init,
      catalogue.initialisers.map((name) => [name, "how the weights are drawn"]),
      (init) => become({ init }),
    ),
    numberField(
      "seed",
      network.seed,
      { min: 0, step: "1" },
      "other weights from another seed",
      (seed) => seed !== null && become({ seed }),
    ),
    choiceField(
      "Optimizer",
      network.optimizer.name,
      optimizers.map(({ name }) => [
        name,
        "its other options are in the transport, once it is built",
      ]),
      (name) =>
        become({
          optimizer: { name, lr: optimizers.find((one) => one.name === name)?.options?.lr ?? rate },
        }),
    ),
    typeof rate === "string"
      ? h(
          "p",
          { class: "hint", key: "lr" },
          "Learning rate: ",
          h("code", null, rate),
          ", set in the transport.",
        )
      : numberField(
          "Learning rate",
          rate,
          { min: 0, step: "any" },
          "how far each update goes",
          (lr) => lr !== null && become({ optimizer: { ...network.optimizer, lr } }),
        ),
    choiceField(
      "Loss",
      network.loss,
      losses.map(({ name, title }) => [name, title]),
      (loss) => become({ loss }),
    ),
    data &&
      h(
        "div",
        { class: "hint about-data", key: "source" },
        h("p", null, data.title),
        h(
          "details",
          null,
          h("summary", null, "Source"),
          h("p", null, `${data.source}. Licence: ${data.licence}.`),
        ),
      ),
  );
}

/**
 * @param {string} name
 * @param {DataOption} option
 * @param {Network} network
 * @param {(part: Partial<Network>) => void} become
 */
function dataField(name, option, network, become) {
  const { [name]: given, ...rest } = network.data;
  const set = (/** @type {number | null} */ number) =>
    become({
      data: /** @type {Network["data"]} */ (number === null ? rest : { ...rest, [name]: number }),
    });
  return numberField(
    `data ${name}`,
    given ?? option.default,
    { min: option.least, max: option.most, step: option.whole ? "1" : "any" },
    option.summary,
    set,
  );
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {Record<string, unknown>} props
 * @param {string} title
 * @param {(number: number | null) => void} set
 */
function numberField(name, value, props, title, set) {
  return h(
    "label",
    { class: "field", key: name, title },
    h("span", { class: "field-name" }, name),
    numberBox(value, props, set),
  );
}

/**
 * @param {string} name
 * @param {string} value
 * @param {(string | null)[][]} choices with what to say of each
 * @param {(value: string) => void} set
 */
function choiceField(name, value, choices, set) {
  return h(
    "label",
    { class: "field", key: name },
    h("span", { class: "field-name" }, name),
    h(
      "select",
      { value, onchange: (/** @type {any} */ event) => set(event.target.value) },
      choices.map(([choice, title]) => h("option", { value: choice, title, key: choice }, choice)),
    ),
  );
}
