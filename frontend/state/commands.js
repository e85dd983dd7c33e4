/**
 * All that can be done with the page, by its nouns: what takes time, and under the reducers' own names
 * what only changes the state.
 *
 * @import { Client } from "../service/client.js"
 * @import { State } from "./state.js"
 * @import { Store } from "./store.js"
 * @typedef {object} Browser  what the page needs of the browser
 * @property {string} search
 * @property {string} hash
 * @property {string} base
 * @property {(address: string) => void} setAddress
 * @property {(run: string) => number | null} step  at which this tab left the run
 * @property {(text: string) => Promise<void>} copy
 * @property {(id: string, title: string, instead?: string | null) => void} remember perhaps in the
 *   place of another run
 * @property {() => State["recent"]} recent
 * @property {() => State["learning"]["progress"]} progress  in each lesson
 * @property {(progress: State["learning"]["progress"]) => void} keepProgress
 * @property {() => Promise<{example?: string, lesson?: string} | null>} first what a page opens that was made for
 *   something
 * @property {(name: string, content: Blob) => void} save  as a file
 * @property {(theme: State["theme"]) => void} setTheme
 * @typedef {ReturnType<typeof createCommands>} Commands
 */

import { createBuilder } from "./builder/commands.js";
import { createCatalogue } from "./catalogue/commands.js";
import { createCells } from "./cells/commands.js";
import { createChanges } from "./changes.js";
import { createData } from "./data/commands.js";
import { createEditor } from "./editor/commands.js";
import { createExcerpts } from "./excerpts/commands.js";
import { createExplanation } from "./explanation/commands.js";
import { createFiles } from "./files/commands.js";
import { setRecent } from "./files/reducer.js";
import { createFilm } from "./film/commands.js";
import * as fitting from "./fitting/reducer.js";
import { createGraph } from "./graph/commands.js";
import { createHistory } from "./history/commands.js";
import { createImport } from "./import/commands.js";
import { createLearning } from "./learning/commands.js";
import { createInspector } from "./inspector/commands.js";
import { coveredGradients } from "./learning/selectors.js";
import { createMessages } from "./messages/commands.js";
import { createOptimizer } from "./optimizer/commands.js";
import { createOwnership } from "./ownership/commands.js";
import { createPage } from "./page/commands.js";
import { createPlots } from "./plots/commands.js";
import { createPractice } from "./practice/commands.js";
import { createRun } from "./run/commands.js";
import { createScrubbing } from "./scrubbing/commands.js";
import * as settings from "./settings/reducer.js";
import { createSharing } from "./sharing/commands.js";
import { createSlide } from "./slide/commands.js";
import { createStage } from "./stage/commands.js";
import { createStart } from "./start/commands.js";
import { bind } from "./store.js";
import { createStudies } from "./studies/commands.js";
import { createTraces } from "./trace/commands.js";
import { createTraining } from "./training/commands.js";
import { createWindows } from "./windows/commands.js";

/** @param {Store} store @param {Client} client @param {Browser} browser */
export function createCommands(store, client, browser) {
  const { get, apply } = store;
  const messages = createMessages(store, browser.copy);
  const { say, report } = messages;
  const change = createChanges(store, {
    report,
    overtaken: (label, work) => ownership.overtaken(label, work),
    postponed: (label, work, error) => ownership.postponed(label, work, error),
  });

  const catalogue = createCatalogue(store, client);
  const trace = createTraces(store, client, {
    change,
    requireRun: () => run.require(),
    say,
  });
  const run = createRun(store, client, browser, {
    change,
    say,
    own: () => ownership.own(),
    traces: trace,
  });
  const { open, settle, settleAnew } = run;
  const ownership = createOwnership(store, client, {
    change,
    renew: run.renew,
    locate: run.locate,
    remember: browser.remember,
    say,
  });
  const optimizer = createOptimizer(store, client, {
    change,
    say,
    present: run.present,
    changed: settleAnew,
  });
  const training = createTraining(store, client, {
    change,
    settle,
    say,
    listed: trace.listed,
    keep: trace.keep,
    ownRun: () => (optimizer.demand(), run.owned()),
  });
  const history = createHistory(store, client, {
    show: trace.show,
    change,
    open,
    report,
    say,
    explore: () => page.chooseMode("explore"),
  });
  const stage = createStage(store, {
    back: history.back,
    forward: history.forward,
    train: training.train,
    say,
  });
  const explanation = createExplanation(store, client);
  const studies = createStudies(store, client);
  const excerpts = createExcerpts(store, client, report);
  const practice = createPractice(store, client, {
    change,
    open,
    own: ownership.own,
    demand: optimizer.demand,
    settle,
    locate: run.locate,
    chooseMode: (...how) => page.chooseMode(...how),
    explainAt: explanation.explainAt,
    say,
  });
  const builder = createBuilder(store, client, {
    change,
    open,
    say,
    leave: () => page.chooseMode("explore"),
  });
  const importing = createImport(store, client, {
    change,
    open,
    present: run.present,
    settle: settleAnew,
    openDocument: run.openDocument,
    report,
    view: (moment) => history.view(moment, 0),
    practise: () => page.chooseMode("practice"),
    judge: practice.judge,
    say,
  });
  const data = createData(store, client, {
    change,
    own: run.owned,
    open,
    report,
    say,
    settle: settleAnew,
  });
  const files = createFiles(store, client, browser, {
    bringing: importing,
    data,
    copy: messages.copy,
    change,
    own: run.owned,
    open,
    learn: (lesson) => learning.start(lesson),
    report,
    say,
    settle: settleAnew,
  });
  const plots = createPlots(store, client);
  const film = createFilm(store, client);
  const page = createPage(store, browser, {
    begin: {
      explore: null,
      practice: practice.go,
      build: () => void builder.begin(),
      plots: null,
      history() {
        apply(setRecent, browser.recent());
        void history.begin();
        void catalogue.readRetention();
        void files.begin();
      },
    },
    cover: practice.cover,
    say,
  });
  const scrubbing = createScrubbing(store, client, {
    edit: (name, written) => cells.write(name, written),
    say,
    report,
    listed: trace.listedWhileDragged,
  });
  const cells = createCells(store, client, {
    change,
    run,
    traces: trace,
    scrubbing,
    explanation,
    copy: files.copy,
    seek: (tensor) =>
      coveredGradients(get()).includes(tensor)
        ? say(`${tensor}.g is hidden until you answer the question.`)
        : practice.seek(tensor),
    take: (matrix, index, block) => learning.take(matrix, index, block),
    marking: () => learning.marking,
    say,
  });
  const learning = createLearning(store, client, browser, {
    change,
    open,
    own: ownership.own,
    locate: run.locate,
    train: training.train,
    view: history.view,
    write: cells.write,
    explain: explanation.explain,
    explore: () => page.chooseMode("explore"),
    report,
    say,
  });
  const inspector = createInspector(apply);
  const { start, turn } = createStart(store, client, browser, {
    change,
    open,
    locate: run.locate,
    learn: (lesson, where) => learning.start(lesson, where),
    list: (lessons) => learning.begin(lessons),
    report,
  });

  return {
    builder,
    cells,
    data,
    editor: createEditor(store, { typed: importing.typed, tryText: importing.apply }),
    explanation,
    files,
    film,
    fitting: bind(apply, fitting),
    graph: createGraph(apply, say),
    history,
    import: importing,
    inspector,
    learning,
    messages,
    optimizer,
    ownership,
    page,
    plots,
    practice,
    run,
    scrubbing,
    settings: { ...bind(apply, settings), setTheme: browser.setTheme },
    sharing: createSharing(store, client, browser, {
      report,
      requireRun: run.require,
      readRetention: catalogue.readRetention,
      say,
    }),
    slide: createSlide(apply, cells),
    stage,
    start,
    trace,
    training,
    turn,
    windows: createWindows(apply),

    /** What was opened last is closed first. */
    escape() {
      if (get().selected) inspector.selectTensor(null);
      else explanation.closeExplanation();
    },

    /** Read what is on the screen and not at hand. */
    follow() {
      explanation.follow();
      studies.follow();
      practice.follow();
      plots.follow();
      void history.follow();
      void film.follow();
      excerpts.follow();
      learning.follow();
    },
  };
}
