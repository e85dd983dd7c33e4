/**
 * What the page knows: the state of each of its nouns.
 *
 * @import { Bringing, Brought } from "./import/reducer.js"
 * @import { CatalogueState } from "./catalogue/reducer.js"
 * @import { CellsState } from "./cells/reducer.js"
 * @import { DataState } from "./data/reducer.js"
 * @import { Drag } from "./scrubbing/reducer.js"
 * @import { Drawing } from "./graph/reducer.js"
 * @import { EditorState } from "./editor/reducer.js"
 * @import { ExcerptsState } from "./excerpts/reducer.js"
 * @import { ExplanationState } from "./explanation/reducer.js"
 * @import { FilesState } from "./files/reducer.js"
 * @import { Learning } from "./learning/reducer.js"
 * @import { FittingState } from "./fitting/reducer.js"
 * @import { InspectorState } from "./inspector/reducer.js"
 * @import { MessagesState } from "./messages/reducer.js"
 * @import { PageState } from "./page/reducer.js"
 * @import { Past } from "./history/reducer.js"
 * @import { Plots } from "./plots/reducer.js"
 * @import { Practice } from "./practice/reducer.js"
 * @import { RunState } from "./run/reducer.js"
 * @import { SettingsState } from "./settings/reducer.js"
 * @import { Sharing } from "./sharing/reducer.js"
 * @import { Sliding } from "./slide/reducer.js"
 * @import { StageState } from "./stage/reducer.js"
 * @import { StudiesState } from "./studies/reducer.js"
 * @import { TraceState } from "./trace/reducer.js"
 * @import { Tuning } from "./optimizer/reducer.js"
 * @import { WindowsState } from "./windows/reducer.js"
 * @import { Building } from "../lib/network.js"
 *
 * @typedef {object} Nouns  those with a state of several parts under one name
 * @property {Practice} practice
 * @property {Building} builder
 * @property {Drawing} drawing
 * @property {Plots} plots
 * @property {Past} past
 * @property {Learning} learning
 * @property {Sliding} sliding
 * @property {Bringing} bringing
 * @property {Brought | null} brought  what became of the code that the run was opened from
 *
 * @typedef {RunState & TraceState & ExcerptsState & WindowsState} Shown
 * @typedef {FittingState & StageState & InspectorState & CellsState & {drag: Drag | null}} Drawn
 * @typedef {EditorState & ExplanationState & StudiesState} Studied
 * @typedef {{iterations: number} & {tuning: Tuning} & {sharing: Sharing | null}} Tried
 * @typedef {FilesState & DataState & CatalogueState} Kept
 * @typedef {PageState & SettingsState & MessagesState} Around
 * @typedef {Nouns & Shown & Drawn & Studied & Tried & Kept & Around} State
 */

import { initialBuilder } from "./builder/reducer.js";
import { initialCatalogue } from "./catalogue/reducer.js";
import { initialCells } from "./cells/reducer.js";
import { initialData } from "./data/reducer.js";
import { initialEditor } from "./editor/reducer.js";
import { initialExcerpts } from "./excerpts/reducer.js";
import { initialExplanation } from "./explanation/reducer.js";
import { initialFiles } from "./files/reducer.js";
import { initialFitting } from "./fitting/reducer.js";
import { initialDrawing } from "./graph/reducer.js";
import { initialHistory } from "./history/reducer.js";
import { initialImport } from "./import/reducer.js";
import { initialInspector } from "./inspector/reducer.js";
import { initialLearning } from "./learning/reducer.js";
import { initialMessages } from "./messages/reducer.js";
import { initialTuning } from "./optimizer/reducer.js";
import { initialPage } from "./page/reducer.js";
import { initialPlots } from "./plots/reducer.js";
import { initialPractice } from "./practice/reducer.js";
import { initialRun } from "./run/reducer.js";
import { initialScrubbing } from "./scrubbing/reducer.js";
import { initialSettings } from "./settings/reducer.js";
import { initialSharing } from "./sharing/reducer.js";
import { initialSliding } from "./slide/reducer.js";
import { initialStage } from "./stage/reducer.js";
import { initialStudies } from "./studies/reducer.js";
import { initialTrace } from "./trace/reducer.js";
import { initialTraining } from "./training/reducer.js";
import { initialWindows } from "./windows/reducer.js";

/** @type {State} */
export const initial = {
  ...initialRun,
  ...initialTrace,
  ...initialExcerpts,
  ...initialWindows,
  ...initialFitting,
  ...initialStage,
  ...initialInspector,
  ...initialCells,
  ...initialScrubbing,
  ...initialEditor,
  ...initialExplanation,
  ...initialStudies,
  ...initialTraining,
  ...initialTuning,
  ...initialSharing,
  ...initialFiles,
  ...initialData,
  ...initialCatalogue,
  ...initialPage,
  ...initialSettings,
  ...initialMessages,
  practice: initialPractice,
  builder: initialBuilder,
  drawing: initialDrawing,
  plots: initialPlots,
  past: initialHistory,
  learning: initialLearning,
  sliding: initialSliding,
  bringing: initialImport,
  brought: null,
};
