/**
 * Pages as data: `h` describes an element, `render` makes the document agree with the description.
 * Elements are kept where tag and key stay the same, so focus, selection and scrolling survive a
 * redraw.
 *
 * @typedef {VNode | string | number | null | undefined | false} Child
 * @typedef {Record<string, any>} Props
 *   `key`; `on…` handlers; `style` with CSS properties; `hook(element)` after every draw;
 *   `unhook(element)` on removal;
 *   `mathml` for a formula that the service printed; `value checked selected disabled open` as
 *   properties; all else attributes
 * @typedef
 *   {{tag: string, key: string | number | null, props: Props, children: (VNode | string)[], node?: any}}
 *   VNode
 */

const PROPERTIES = new Set(["value", "checked", "selected", "disabled", "open"]);
const SPECIAL = new Set(["key", "style", "hook", "unhook", "mathml"]);

/**
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...(Child | Child[])} children
 * @returns {VNode}
 */
export function h(tag, props, ...children) {
  /** @type {(VNode | string)[]} */
  const list = [];
  for (const child of /** @type {Child[]} */ (children.flat())) {
    if (child === null || child === undefined || child === false) continue;
    list.push(typeof child === "object" ? child : String(child));
  }
  return { tag, key: props?.key ?? null, props: props ?? {}, children: list };
}

/**
 * Props of a button that has nothing to do: unlike a disabled one it keeps the focus of who has
 * just pressed it.
 *
 * @param {boolean} idle
 * @returns {Props}
 */
export function idleWhen(idle) {
  return { "aria-disabled": idle ? "true" : null };
}

/**
 * The text that a description would show; for tests and for accessible names.
 *
 * @param {VNode | string} vnode
 * @returns {string}
 */
export function textOf(vnode) {
  return typeof vnode === "string" ? vnode : vnode.children.map(textOf).join("");
}

/** @type {WeakMap<Element, (VNode | string)[]>} */
const drawn = new WeakMap();

/**
 * Make the children of `parent` agree with the description.
 *
 * @param {Element} parent
 * @param {Child | Child[]} vnodes
 */
export function render(parent, vnodes) {
  const next = h("root", null, vnodes).children;
  patchChildren(parent, drawn.get(parent) ?? [], next);
  drawn.set(parent, next);
}

/** @typedef {{vnode: VNode | string, node: ChildNode}} Placed */

/** @param {Element} parent @param {(VNode | string)[]} before @param {(VNode | string)[]} after */
function patchChildren(parent, before, after) {
  if (before.length === after.length && after.every((vnode, at) => sameKind(before[at], vnode)))
    return updateChildren(parent, before, after);
  const nodes = [...parent.childNodes].slice(0, before.length);
  const pool = before.map((vnode, at) => ({ vnode, node: nodes[at] }));
  const matches = after.map((vnode) => claim(pool, vnode));
  for (const { vnode, node } of pool.filter(Boolean)) discard(vnode, node);
  let place = parent.firstChild;
  after.forEach((vnode, at) => {
    const node = matches[at] ? update(matches[at], vnode) : create(vnode, parent);
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
    if (typeof vnode !== "string") vnode.props.hook?.(node);
  });
}

/**
 * Each child continues the one at its place, which is by far the most frequent case.
 *
 * @param {Element} parent
 * @param {(VNode | string)[]} before
 * @param {(VNode | string)[]} after
 */
function updateChildren(parent, before, after) {
  let node = /** @type {ChildNode} */ (parent.firstChild);
  for (let at = 0; at < after.length; at += 1) {
    const next = /** @type {ChildNode} */ (node.nextSibling);
    const vnode = after[at];
    update({ vnode: before[at], node }, vnode);
    if (typeof vnode !== "string") vnode.props.hook?.(node);
    node = next;
  }
}

/**
 * Take the old child that the new one continues out of the pool.
 *
 * @param {any[]} pool
 * @param {VNode | string} vnode
 * @returns {Placed | null}
 */
function claim(pool, vnode) {
  const at = pool.findIndex((old) => old && sameKind(old.vnode, vnode));
  if (at < 0) return null;
  const [found] = pool.splice(at, 1);
  return found;
}

/** @param {VNode | string} a @param {VNode | string} b */
function sameKind(a, b) {
  if (typeof a === "string" || typeof b === "string") return typeof a === typeof b;
  return a.tag === b.tag && a.key === b.key;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * A drawing's elements are of another kind than those of a text.
 *
 * @param {string} tag
 * @param {Element} parent
 * @returns {any}
 */
function elementOf(tag, parent) {
  return tag === "svg" || parent.namespaceURI === SVG
    ? document.createElementNS(SVG, tag)
    : document.createElement(tag);
}

/** @param {VNode | string} vnode @param {Element} parent @returns {ChildNode} */
function create(vnode, parent) {
  if (typeof vnode === "string") return document.createTextNode(vnode);
  const element = elementOf(vnode.tag, parent);
  applyProps(element, {}, vnode.props);
  patchChildren(element, [], vnode.children);
  applyLate(element, {}, vnode.props);
  return element;
}

/** @param {Placed} old @param {VNode | string} vnode @returns {ChildNode} */
function update({ vnode: before, node }, vnode) {
  if (typeof vnode === "string") {
    if (before !== vnode) node.nodeValue = vnode;
    return node;
  }
  if (before === vnode) return node;
  const element = /** @type {HTMLElement} */ (node);
  const old = /** @type {VNode} */ (before);
  applyProps(element, old.props, vnode.props);
  if (!("mathml" in vnode.props)) patchChildren(element, old.children, vnode.children);
  applyLate(element, old.props, vnode.props);
  return node;
}

/** @param {VNode | string} vnode @param {ChildNode} node */
function discard(vnode, node) {
  retire(vnode, node);
  node.remove();
}

/** @param {VNode | string} vnode @param {ChildNode} node */
function retire(vnode, node) {
  if (typeof vnode === "string") return;
  vnode.props.unhook?.(node);
  if ("mathml" in vnode.props) return;
  vnode.children.forEach((child, at) =>
    retire(child, /** @type {ChildNode} */ (node.childNodes[at])),
  );
}

/** @param {HTMLElement} element @param {Props} before @param {Props} after */
function applyProps(element, before, after) {
  for (const name of Object.keys(before))
    if (!(name in after)) setProp(element, name, null, before[name]);
  for (const [name, value] of Object.entries(after)) {
    if (PROPERTIES.has(name) || before[name] === value) continue;
    setProp(element, name, value, before[name]);
  }
  if (after.mathml !== undefined && after.mathml !== before.mathml)
    element.innerHTML = after.mathml;
}

/**
 * Properties of form controls come after their children: a select needs its options first.
 *
 * @param {any} element
 * @param {Props} before
 * @param {Props} after
 */
function applyLate(element, before, after) {
  for (const name of PROPERTIES) {
    if (
      name in after &&
      element[name] !== after[name] &&
      (name !== "value" || before.value !== after.value)
    ) {
      element[name] = after[name];
    }
  }
}

/** @param {any} element @param {string} name @param {any} value @param {any} before */
function setProp(element, name, value, before) {
  if (name === "style") return setStyle(element.style, before ?? {}, value ?? {});
  if (SPECIAL.has(name)) return;
  if (name.startsWith("on")) return listen(element, name.slice(2), value);
  if (PROPERTIES.has(name)) return void (element[name] = value ?? "");
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * @param {CSSStyleDeclaration} style
 * @param {Record<string, string>} before
 * @param {Record<string, string>} after
 */
function setStyle(style, before, after) {
  for (const name of Object.keys(before)) if (!(name in after)) style.removeProperty(name);
  for (const [name, value] of Object.entries(after))
    if (before[name] !== value) style.setProperty(name, value);
}

/**
 * One listener a type, whose handler is exchanged from draw to draw.
 *
 * @param {any} element
 * @param {string} type
 * @param {Function | null} handler
 */
function listen(element, type, handler) {
  element.handlers ??= {};
  if (!(type in element.handlers))
    element.addEventListener(type, (/** @type {Event} */ event) => element.handlers[type]?.(event));
  element.handlers[type] = handler;
}
