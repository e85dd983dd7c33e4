/**
 * What a network is trained on, and by what.
 *
 * @import { Catalogue, DataOption, Network } from "../lib/network.js"
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { h } from "../lib/h.js";
import { withData } from "../lib/network.js";
import { numberBox } from "./layers.js";

/** @param {Network} network @param {Catalogue} catalogue @param {State} state @param {Commands} commands */
export function settings(network, catalogue, { optimizers }, commands) {
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
