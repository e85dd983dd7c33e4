"""The API of a site for tests that ask a server's: another tab, whose engine shares the runs."""

import base64

import httpx
from playwright.sync_api import Page

ASK = """async ([address, method, headers, body]) => {
  const named = document.querySelector("meta[name=engine]");
  const { python, archive, snapshot } = named.dataset;
  const whole = (place) => new URL(place, document.baseURI).href;
  if (!window.engine) {
    const worker = new Worker(whole(named.content), { type: "module" });
    worker.postMessage({ start: { python: whole(python), archive: whole(archive), snapshot: whole(snapshot) } });
    window.engine = { worker, asked: 0 };
  }
  const { worker } = window.engine;
  const number = ++window.engine.asked;
  const content = body ? Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)).buffer : null;
  return new Promise((resolve, reject) => {
    const pieces = [];
    let head = null;
    const text = (buffer) => {
      let letters = "";
      for (const one of new Uint8Array(buffer)) letters += String.fromCharCode(one);
      return letters;
    };
    worker.addEventListener("message", function hear({ data }) {
      if (data.failed) reject(new Error(data.failed));
      if (data.number !== number) return;
      if (data.status) head = data;
      if (data.piece) pieces.push(text(data.piece));
      if (head.streams && !data.last) return;
      worker.removeEventListener("message", hear);
      const whole = head.streams ? pieces.join("") : text(head.body ?? new ArrayBuffer(0));
      resolve([head.status, head.headers, btoa(whole)]);
    });
    worker.postMessage({ number, method, address, headers, body: content });
  });
}"""


class TabTransport(httpx.BaseTransport):
    """Requests are answered in that tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        address = request.url.raw_path.decode()
        headers = [list(pair) for pair in request.headers.items() if pair[0] in ("content-type", "accept", "if-match")]
        body = base64.b64encode(request.read()).decode()
        status, told, content = self.page.evaluate(ASK, [address, request.method, headers, body])
        kept = [(name, value) for name, value in told if name != "content-length"]
        return httpx.Response(status, headers=kept, content=base64.b64decode(content))
