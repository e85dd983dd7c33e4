/**
 * A network out of layers: what it is made of, and what it learns from.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { h, idleWhen } from "../lib/h.js";
import { parameterCount, presentNetwork } from "../lib/network.js";
import { printShape } from "../lib/numbers.js";
import { codeView } from "../views/code.js";
import { problemView } from "../views/problem.js";
import { addForm, layerView } from "./layers.js";
import { settings } from "./networksettings.js";

/** @param {State} state */
export function select({ builder, run, document, optimizers }) {
  return builder.open ? { builder, run, document, optimizers } : { builder: null };
}

/** @param {unknown} _ @param {Commands} commands @param {State} state */
export function view(_, commands, state) {
  const { builder } = state;
  if (!builder.open) return [];
  const network = presentNetwork(builder, state.run);
  const { catalogue, problem } = builder;
  if (!catalogue || !network)
    return [h("p", { class: "pending build-empty" }, problem ? problem.detail : "Loading…")];
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
        problem && problem.where.layer === undefined && problemView(problem),
      ),
    ),
    previewView(state, commands),
  ];
}

/** What would be built, as it follows every change. @param {State} state @param {Commands} commands */
function previewView(state, commands) {
  const { builder } = state;
  const { preview, layers, problem } = builder;
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
        problem ? ". The last network without an error." : "",
      ),
      h(
        "pre",
        {
          class: "preview-program",
          key: "program",
          "aria-label": "Program",
          tabindex: "0",
          "data-old": problem ? "true" : null,
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
          ...idleWhen(problem !== null),
          onclick: () => problem ?? commands.builder.write(),
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
