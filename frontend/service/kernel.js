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

/** After so many milliseconds it is said that there is no answer yet. */
export const PATIENCE = 4000;

/**
 * A notebook that is only read has no kernel, and one that computes may answer late: which of the
 * two it is cannot be told from here, so that whoever waits is told of both and the request stays.
 *
 * @param {Model} model
 * @param {() => void} late  is called when an answer takes long
 * @returns {{fetcher: typeof fetch, leave: () => void}}
 */
export function kernelService(model, late) {
  /** All views of a widget hear all its messages. */
  const own = Math.random();
  /** @type {Map<number, {resolve: (answer: Response) => void, timer: ReturnType<typeof setTimeout>}>} */
  const waiting = new Map();
  let last = 0;

  /** @param {{view: number, number: number, status: number}} head @param {[DataView<ArrayBuffer>]} body */
  const hear = ({ view, number, status }, [body]) => {
    if (view !== own) return;
    const request = waiting.get(number);
    waiting.delete(number);
    clearTimeout(request?.timer);
    request?.resolve(new Response(body, { status }));
  };
  model.on("msg:custom", hear);
  return {
    fetcher: (address, { method = "GET", body = null } = {}) =>
      new Promise((resolve) => {
        const number = ++last;
        waiting.set(number, { resolve, timer: setTimeout(late, PATIENCE) });
        model.send({ view: own, number, method, address, body });
      }),
    leave() {
      model.off("msg:custom", hear);
      for (const { timer } of waiting.values()) clearTimeout(timer);
    },
  };
}
