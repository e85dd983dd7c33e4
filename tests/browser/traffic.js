/**
 * In the page of a site: what it asks, by messages to its worker and for the lists that are files, is told to the test
 * first. That answers in the engine's place, has it wait, or lets it go on.
 */
(() => {
  const Engine = window.Worker;
  const fetched = window.fetch.bind(window);

  /** What has no whole answer yet. */
  const pending = new Set();
  const waiting = new Map();
  window.traffic = { pending, release: (key) => waiting.get(key)?.() };
  let last = 0;

  /** An answer, or null once it may go on. */
  async function told(method, address) {
    const key = ++last;
    const words = await window.tellTest({ key, method, address });
    if (words !== "wait") return words;
    await new Promise((go) => waiting.set(key, go));
    return null;
  }

  window.fetch = async (address, options) => {
    const [, list] = /\/lists-[^/]*\/(\w+)\.json$/.exec(address) ?? [];
    const words = list ? await told("GET", `/api/${list}`) : null;
    return words ? new Response(words.body, words) : fetched(address, options);
  };

  window.Worker = class extends Engine {
    #left = new Set();

    constructor(...place) {
      super(...place);
      this.addEventListener("message", ({ data }) => {
        if (data.last || data.streams === false) pending.delete(data.number);
        if (data.failed !== undefined) pending.clear();
      });
    }

    postMessage(message) {
      if (message.number === undefined) {
        this.#left.add(message.leave);
        pending.delete(message.leave);
        super.postMessage(message);
      } else {
        pending.add(message.number);
        void this.#ask(message);
      }
    }

    async #ask(message) {
      const { number, method, address } = message;
      const words = await told(method, address);
      if (this.#left.has(number)) return;
      if (!words) return super.postMessage(message);
      const body = new TextEncoder().encode(words.body).buffer;
      const data = { ...words, number, body, streams: false };
      this.dispatchEvent(new MessageEvent("message", { data }));
    }
  };
})();
