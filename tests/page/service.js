/** A service of one run without a network, and the page on it. */

import { createClient } from "../../frontend/service/client.js";
import { createCommands } from "../../frontend/state/commands.js";
import { setWaiting } from "../../frontend/state/messages/reducer.js";
import { initial } from "../../frontend/state/state.js";
import { createStore } from "../../frontend/state/store.js";
import { smallRun, smallTrace } from "./trace.js";

/** A change of that run: a tensor, and what is written into it. */
export const EDIT = ["w", [{ index: [0, 0], value: 7 }]];

/**
 * A service of the run "r", which is looked at as "v", and of forks, the first of which is "own": states change by
 * edits of others. What `refused` names is refused as often as it says.
 */
export function service() {
  const runs = { r: { ...smallRun, view_id: "v", event: 1 } };
  const [calls, refused] = [[], {}];
  const answer = (status, content = null, headers = {}) => ({
    ok: status < 300,
    status,
    headers: new Headers(headers),
    json: async () => content,
  });
  const fetcher = async (address, { method = "GET", headers = {}, body } = {}) => {
    if (method !== "GET")
      calls.push(`${method} ${address}${headers["If-Match"] ? ` if ${headers["If-Match"]}` : ""}`);
    const [status] = refused[method] ?? [];
    if (status) {
      refused[method].shift();
      return answer(status, { detail: "not now" }, { "Retry-After": "3" });
    }
    if (address === "/health") return answer(200, { status: "ok", retention_days: 90 });
    const [, asked, rest] = /^\/runs\/(\w+)(.*)$/.exec(address) ?? [null, "", ""];
    const id = asked === "v" ? "r" : asked;
    const run = runs[id];
    const looked = asked === "v" ? { ...run, id: null } : run;
    if (!run) return answer(404, { detail: "no such run", code: "unknown_run" });
    if (headers["If-None-Match"] === `"${run.version}"`) return answer(304);
    if (rest.startsWith("/trace")) return answer(200, smallTrace());
    if (rest.startsWith("/exercises")) return answer(422, {});
    if (method === "GET")
      return answer(200, { ...looked, document: { program: "loss = x.sum()" } });
    if (rest === "/fork") {
      const { event } = JSON.parse(body);
      return answer(201, (runs.own = { ...run, id: "own", view_id: "ownv", version: 1, event }));
    }
    if (asked === "v") return answer(403, { detail: "This link is for looking" });
    if (headers["If-Match"] !== `"${run.version}"`) return answer(412, { detail: "by now" });
    runs[id] = { ...run, version: run.version + 1, can_undo: true };
    return answer(200, runs[id]);
  };
  return { runs, calls, refused, fetcher };
}

export async function page(address, first = null) {
  const { runs, calls, refused, fetcher } = service();
  const store = createStore(initial);
  const seen = { addresses: [address], remembered: [], waits: [] };
  const lists = async () => [];
  const tell = (waiting) => store.apply(setWaiting, waiting);
  const sleep = async (seconds) => void seen.waits.push([seconds, store.get().waiting]);
  const client = {
    ...createClient(fetcher, "", tell, sleep),
    operations: lists,
    optimizers: lists,
    examples: lists,
    exercises: lists,
    lessons: lists,
  };
  const { search, hash } = new URL(address, "http://localhost/");
  const browser = {
    search,
    hash,
    base: "/",
    setAddress: (next) => seen.addresses.push(next),
    copy: async (text) => (seen.copied = text),
    remember: (id) => seen.remembered.push(id),
    recent: () => [],
    step: () => null,
    progress: () => ({}),
    keepProgress: (progress) => (seen.progress = progress),
    first: async () => first,
  };
  const commands = createCommands(store, client, browser);
  await commands.start();
  return { runs, calls, refused, store, commands, seen };
}
