/**
 * The tree that the page's elements stand in: the document's, or in a notebook that of the widget,
 * into which the document does not look.
 *
 * @type {{root: Document | ShadowRoot}}
 */
export const tree = { root: globalThis.document };
