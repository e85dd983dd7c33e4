/**
 * One entry of the page of operations.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { ReferenceEntry } from "../lib/reference.js"
 */

import { h } from "../lib/h.js";
import { plainCodeView } from "./code.js";
import { operationPicture } from "./operationpicture.js";
import { proseView } from "./prose.js";

/**
 * What can be done with a document: the address that opens it, and the two ways to copy it.
 * @typedef {object} Travel
 * @property {(document: unknown) => string} address
 * @property {(document: unknown, name: string) => void} copyJson
 * @property {((document: unknown, name: string) => void) | null} copyCurl  null where a shell has nobody to ask
 */

/** @param {ReferenceEntry} entry @param {Travel} travel @returns {VNode} */
export function operationView(entry, travel) {
  const { name, family, summary, source } = entry;
  return h(
    "div",
    { class: "entry-body" },
    h(
      "h3",
      { id: `${name}--title` },
      h("a", { href: `#${name}` }, h("code", null, name)),
      " ",
      h("small", { class: "family", "data-family": family }, family),
    ),
    h("p", { class: "summary" }, summary),
    h(
      "div",
      { class: "formula-and-picture" },
      h("div", null, ...entry.formulae.map((formula) => formulaView(formula))),
      operationPicture(entry.picture, name),
    ),
    h(
      "dl",
      null,
      part("written", "Written", spellings(entry)),
      part("also", "Also called", entry.synonyms.length > 0 && codes(entry.synonyms)),
      part("parameters", "Parameters", entry.parameters.length > 0 && parameters(entry)),
      part(
        "kept",
        "Kept tensors",
        family === "optimizer" && entry.operands.length > 0 && codes(entry.operands),
      ),
      part("definition", "Definition", entry.definition !== "" && program(entry.definition)),
      part("backward", "Backward", backward(entry)),
      part("why", "Why", reasons(entry)),
      part("kink", "At the kink", entry.kink && kink(entry, travel)),
      part("refuses", "Errors", entry.refusals.length > 0 && refusals(entry)),
      part("example", "Example", example(entry, travel)),
      part("source", "Source", source),
    ),
  );
}

/** @param {{mathml: string}} formula */
function formulaView({ mathml }) {
  return h("div", { class: "typeset", mathml });
}

/**
 * A term and what is said of it; nothing where there is nothing to say.
 *
 * @param {string} key
 * @param {string} term
 * @param {VNode | string | (VNode | string)[] | null | undefined | false} said
 */
function part(key, term, said) {
  return said
    ? h("div", { key, class: `part ${key}` }, h("dt", null, term), h("dd", null, ...[said].flat()))
    : null;
}

/** @param {string[]} list @returns {(VNode | string)[]} */
function codes(list) {
  return list.flatMap((text, at) => (at ? [", ", h("code", null, text)] : [h("code", null, text)]));
}

/** @param {ReferenceEntry} entry */
function spellings({ signature, written, remark }) {
  const list = signature ? [signature, ...written.filter((code) => code !== signature)] : written;
  return [
    list.length > 0 &&
      h(
        "ul",
        { class: "spellings" },
        list.map((code) => h("li", { key: code }, codeLine(code))),
      ),
    remark,
  ].filter((said) => said !== false);
}

/** @param {string} code */
function codeLine(code) {
  return h("code", null, ...plainCodeView(code));
}

/** @param {ReferenceEntry} entry */
function parameters({ parameters }) {
  return h(
    "ul",
    { class: "spellings" },
    parameters.map(({ name, default: value, allowed, also }) =>
      h(
        "li",
        { key: name },
        h("code", null, value === null ? name : `${name}=${value}`),
        allowed && `: ${allowed}`,
        also.length > 0 && " (also ",
        ...codes(also),
        also.length > 0 && ")",
        value === null && ", required",
      ),
    ),
  );
}

/** @param {string} text */
function program(text) {
  return h("pre", null, codeLine(text));
}

/** @param {ReferenceEntry} entry */
function backward({ gradients, definition, family, internal, operands }) {
  if (gradients.length)
    return gradients.map(({ operand, code, mathml }) =>
      h(
        "div",
        { class: "rule", key: operand },
        formulaView({ mathml }),
        h("p", null, codeLine(`${operand}.g = ${code}`)),
      ),
    );
  if (family === "optimizer") return false;
  if (definition)
    return internal
      ? false
      : "What its definition gives, step by step: it has no shorter rule of its own.";
  return operands.length ? "Lets no gradient through." : "Has no operands, and so no gradients.";
}

/** One sentence for several operands where they have the same. @param {ReferenceEntry} entry */
function reasons({ why, family }) {
  const said = new Map();
  for (const [operand, text] of Object.entries(why))
    said.set(text, [...(said.get(text) ?? []), operand]);
  return (
    said.size > 0 &&
    [...said].map(([text, operands]) =>
      h(
        "p",
        { key: operands.join() },
        said.size > 1 &&
          family !== "optimizer" && [
            h(
              "code",
              { class: "gradient" },
              operands.map((/** @type {string} */ name) => `${name}.g`).join(", "),
            ),
            ": ",
          ],
        ...proseView(text, () => false),
      ),
    )
  );
}

/** @param {ReferenceEntry} entry @param {Travel} travel */
function kink({ name, kink }, travel) {
  if (!kink) return [];
  const values = (/** @type {Record<string, unknown>} */ given, /** @type {string} */ ending) =>
    Object.entries(given)
      .map(([tensor, value]) => `${tensor}${ending} = ${JSON.stringify(value)}`)
      .join(", ");
  return [
    h("p", null, kink.text),
    h(
      "p",
      null,
      codeLine(kink.code),
      " at ",
      h("code", { class: "value" }, values(kink.at, "")),
      " has ",
      h("code", { class: "gradient" }, values(kink.gradient, ".g")),
      ". ",
      h(
        "a",
        { href: travel.address(kink.document), "aria-label": `Open the kink of ${name}` },
        "Open it",
      ),
    ),
  ];
}

/** @param {ReferenceEntry} entry */
function refusals({ refusals }) {
  const many = `${refusals.length} example${refusals.length === 1 ? "" : "s"}`;
  const list = h(
    "ul",
    { class: "refusals" },
    refusals.map(({ code, shapes, message, hint }, at) => {
      const given = Object.entries(shapes)
        .map(([name, shape]) => `${name} (${shape.join(", ")}${shape.length === 1 ? "," : ""})`)
        .join(", ");
      return h(
        "li",
        { key: at },
        codeLine(code),
        given && h("span", { class: "shape" }, ` with ${given}`),
        h("p", { class: "message" }, message, hint && `: ${hint}`),
      );
    }),
  );
  return h("details", { key: "errors" }, h("summary", null, many), list);
}

/** @param {ReferenceEntry} entry @param {Travel} travel */
function example({ name, sample }, travel) {
  return sample && documentView(sample.document, name, travel);
}

/**
 * A document as its program, and what one can do with it.
 *
 * @param {{program: string}} document
 * @param {string} name
 * @param {Travel} travel
 */
export function documentView(document, name, { address, copyJson, copyCurl }) {
  return h(
    "div",
    { class: "document" },
    program(document.program),
    h(
      "p",
      { class: "row" },
      h(
        "a",
        {
          class: "open",
          href: address(document),
          "aria-label": `Open ${name} in the explorer`,
        },
        "Open in the explorer",
      ),
      h(
        "button",
        {
          type: "button",
          class: "small",
          "aria-label": `Copy ${name} as JSON`,
          onclick: () => copyJson(document, name),
        },
        "Copy JSON",
      ),
      copyCurl &&
        h(
          "button",
          {
            type: "button",
            class: "small",
            "aria-label": `Copy ${name} as curl`,
            onclick: () => copyCurl(document, name),
          },
          "Copy curl",
        ),
    ),
  );
}
