/**
 * The service in a notebook's kernel: asked like a server, by messages of the widget.
 *
 * @typedef {object} Model  of a widget, as anywidget hands it over
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(content: unknown) => void} send
 * @property {(event: string, listen: (...told: any[]) => void) => void} on
 * @property {(event: string, listen: (...told: any[]) => void) => void} off
 */

/**
 * @param {Model} model
 * @returns {{fetcher: typeof fetch, leave: () => void}}
 */
export function kernelService(model) {
  /** All views of a widget hear all its messages. */
  const own = Math.random();
  /** @type {Map<number, (answer: Response) => void>} */
  const waiting = new Map();
  let last = 0;

  /** @param {{view: number, number: number, status: number}} head @param {[DataView<ArrayBuffer>]} body */
  const hear = ({ view, number, status }, [body]) => {
    if (view !== own) return;
    waiting.get(number)?.(new Response(body, { status }));
    waiting.delete(number);
  };
  model.on("msg:custom", hear);
  return {
    fetcher: (address, { method = "GET", body = null } = {}) =>
      new Promise((resolve) => {
        const number = ++last;
        waiting.set(number, resolve);
        model.send({ view: own, number, method, address, body });
      }),
    leave: () => model.off("msg:custom", hear),
  };
}
