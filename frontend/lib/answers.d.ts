/** What the service sends, out of its OpenAPI document: `python -m tests.house.page_types` writes this file. */

/** A number as it travels. */
export type Wire = number | "NaN" | "Infinity" | "-Infinity";
/** The numbers of a tensor: nested lists, as deep as it has axes. */
export type Nested = Wire | Nested[];

/** A composite's short rule against the chain rule through what is inside. */
export type Agreement = {
  composite: string;
  closed: string;
  tensor: string;
  steps: LongWay[];
  max_abs_difference: Wire;
};

/** How the axes of a step's tensors meet; the result is the last row. */
export type Alignment = {
  axes: Axis[];
  rows: AxesRow[];
};

/**
 * How far two tensors of a name are apart: the largest distance, where it is, and the norm of the
 * difference as a share of the larger norm.
 */
export type Apart = {
  name: string;
  field: "value" | "gradient";
  shape: number[];
  max_abs_difference: Wire;
  index: number[];
  one: Wire | boolean;
  other: Wire | boolean;
  relative: Wire;
};

/** A tensor of a step: its axes in order, and the axes of others along which it is repeated. */
export type AxesRow = {
  code: string;
  shape: number[];
  axes: OwnAxis[];
  repeated: string[];
  result: boolean;
};

/** An axis of a step: its letter, its length, and what becomes of it. */
export type Axis = {
  letter: string;
  length: number;
  role: "kept" | "summed" | "stretched";
};

/** Which rows of the data an iteration takes; epochs and batches are counted from 1. */
export type BatchRows = {
  rows: number[];
  count: number;
  epoch: number;
  batch: number;
  batches: number;
};

/**
 * The step that lets nothing through; `tensor` with `index` and `value` is the element at which its
 * derivative is 0, or which it masks.
 */
export type Blocker = {
  step: number;
  output: string;
  op: string;
  code: string;
  tensor?: string;
  index?: number[];
  value?: Wire;
};

/** The loss at every iteration up to both moments. */
export type BothLosses = {
  one: Wire[];
  other: Wire[];
};

/** A step of the forward pass that reads the element. */
export type Branch = {
  step: number;
  phase: "forward" | "backward" | "update";
  output: string;
  code: string;
  cell_count: number;
  cells: UsedCell[];
  contribution: Wire;
  rest?: Wire;
};

/** A document, and what became of each layer. */
export type Built = {
  document: BuiltDocument;
  layers: BuiltLayer[];
};

/** A network as a document: how its tensors are drawn or read, and not their numbers. */
export type BuiltDocument = {
  title: string | null;
  program: string;
  inputs: Record<string, unknown>;
  parameters: Record<string, Record<string, unknown>>;
  loss: string;
  dtype: string;
  seed: number;
  optimizer: Record<string, unknown>;
};

/** What became of a layer: the tensor it gives, with its shape, and the parameters it learns. */
export type BuiltLayer = {
  position: number;
  type: string;
  options: Record<string, unknown>;
  output: string;
  shape: number[];
  parameters: string[];
};

/**
 * An element on the path to the loss, with its derivative by the one before and the step that
 * computes it (null for the first).
 */
export type ChainLink = {
  tensor: string;
  field: "value" | "gradient" | "next";
  index: number[];
  value: Wire;
  derivative: Wire | null;
  step: number | null;
  /** of the derivatives from the loss back to here: what this one path passes on */
  product: Wire | null;
  /** of the loss with respect to it, over all paths */
  gradient: Wire | null;
};

/** A key of the document that differs. */
export type ChangedKey = {
  key: string;
  one: unknown;
  other: unknown;
};

/** The state after a change. */
export type ChangedState = {
  /** the iteration since which the loss is not finite; null while it is */
  diverged_at: number | null;
  /** the same as a sentence: what led to it, and what to do */
  divergence: string | null;
  /** to change the run by; null for whoever may only look at it */
  id: string | null;
  /** to look at the run by, and to copy it */
  view_id: string;
  title: string | null;
  iteration: number;
  loss: Wire;
  /** of the rows that are held out; null where none are */
  validation_loss: Wire | null;
  /** counts the changes; also the ETag */
  version: number;
  /** the change at which the run stands, see its history */
  event: number;
  can_undo: boolean;
  can_redo: boolean;
  optimizer: Record<string, unknown> | null;
  /** how the data is cut into batches; null: all rows at once */
  batch: Record<string, unknown> | null;
  /** how many rows are held out, and which; null: none */
  validation: Record<string, unknown> | null;
  /** of the weight matrices; null where there are none */
  layout: "in_out" | "out_in" | "mixed" | null;
  /** since which iteration a replay differs from what was recorded; mostly null */
  recalculated: string | null;
  /** whose words the program uses where the libraries differ: numpy or torch */
  dialect: string;
  /**
   * the trace, after a change that after it, where the query asks for it; null where it would be
   * too large, or a tensor that is asked for is not there
   */
  trace?: Trace | null;
};

/** A chapter with its numbers filled in. */
export type ChapterAnswer = {
  title: string;
  text: string;
  /** what the step computes */
  step: string;
  /** of that step, from 0 */
  index: number;
  iteration: number;
  selection: Place | null;
  /** of the explanation: why, terms, shapes, jacobian or path */
  tab: string | null;
  lit: Place[];
  /** covered; where there is a question, until it is answered */
  hide: Place[];
  /** on a variant of the run: the same program with other shapes and numbers */
  fresh: boolean;
  question: QuestionAnswer | null;
};

/**
 * The verdicts in backward order, whose own steps are wrong, and whether all are correct and none
 * is missing.
 */
export type CheckAnswer = {
  verdicts: Record<string, VerdictAnswer>;
  correct: boolean;
  /** the tensors whose own step is wrong, in backward order */
  blame: string[];
  /** there where a run's progress could not be recorded: why */
  note?: string;
  /** required and not there, where something is required */
  missing?: string[];
  /** what it was graded on, where that was named */
  exercise?: string;
  example?: string;
  /** of the exercise or example */
  title?: string | null;
};

/**
 * A parameter's largest relative difference to central differences, among elements where the loss
 * has a slope.
 */
export type CheckedParameter = {
  max_relative_difference: Wire | null;
  index: number[] | null;
  gradient: Wire | null;
  numeric: Wire | null;
  checked: number;
  elements: number;
  kinks: Kink[];
  kink_count: number;
  /** never where a gradient, or the difference beside it, is no finite number */
  passed: boolean;
};

/** A tensor that the shape solver combines. */
export type Combined = {
  code: string;
  shape: number[];
};

/** One number that a loss compares with another, and the gradient that follows. */
export type Compared = {
  index: number[];
  first: Wire;
  second: Wire;
  gradient: Wire;
};

/** One of two moments, and what was done on the way to it only. */
export type ComparedMoment = {
  id: string | null;
  title: string | null;
  iteration: number;
  loss: Wire;
  done: string[];
};

/**
 * Two moments side by side; `difference` (this one minus the other) where a tensor was asked for.
 */
export type Comparison = {
  one: ComparedMoment;
  other: ComparedMoment;
  losses: BothLosses;
  document: ChangedKey[];
  tensors: Apart[];
  /** tensors that only one side has, or in another shape */
  unlike: string[];
  difference?: Nested;
};

/** For classifiers: how many samples of each class (row) are taken for each class (column). */
export type ConfusionPlot = {
  tensor: string;
  classes: string[];
  counts: number[][];
  right: number;
  count: number;
  threshold: Wire | null;
  text: string;
};

/** Where both weights were at these iterations. */
export type ContourPath = {
  iterations: number[];
  x: Wire[];
  y: Wire[];
};

/**
 * The loss as a function of two weights, and the way of training up to that moment projected on it:
 * `losses[row][column]` at `y[row]` and `x[column]`.
 */
export type ContourPlot = {
  weights: ContourWeight[];
  x: Wire[];
  y: Wire[];
  losses: Wire[][];
  loss: Wire;
  path: ContourPath;
  text: string;
  options: Record<string, string>;
};

/** One of the two weights, as it is. */
export type ContourWeight = {
  parameter: string;
  index: number[];
  value: Wire;
  gradient: Wire;
};

/**
 * The incoming gradient times the Jacobian, both as one row, beside the rule that gives the same.
 */
export type Contraction = {
  incoming: string;
  rule: string;
  result: string | null;
  incoming_value: Wire[];
  result_value: Wire[];
  max_abs_difference: Wire;
};

/**
 * Numbers, bytes and floating-point operations: of the Jacobian and its product, and of the rule.
 */
export type Cost = {
  jacobian_elements: number;
  jacobian_bytes: number;
  jacobian_flop: number;
  rule_elements: number;
  rule_bytes: number;
  rule_flop: number;
};

/** A function of one number, and its derivative; null where one is not finite. */
export type Curve = {
  x: number[];
  y: (number | null)[];
  slope: (number | null)[];
};

/** A column of a table, and how many different values it has. */
export type DataColumn = {
  name: string;
  kind: "words" | "whole" | "number";
  distinct: number;
};

/** A document that the file could begin: its program, and what would be told about it. */
export type DataModel = {
  name: string;
  title: string;
  program: string;
  warnings: string[];
};

/** What putting the file into the run would do. */
export type DataPlace = {
  tensors: DataTensor[];
  /** the column of the label */
  label: string | null;
  warnings: string[];
};

/** A tensor of the run that gets the file's data: its shape before and after. */
export type DataTensor = {
  name: string;
  before: number[];
  after: number[];
};

/** A number that a generated data set depends on. */
export type DatasetChoice = {
  default: number;
  least: number;
  most: number;
  whole: boolean;
  summary: string;
};

/** A data set; a tensor is one of its fields: {"dataset", "field", "count"} and the options. */
export type DatasetEntry = {
  name: string;
  title: string;
  count: number;
  fields: Record<string, DatasetField>;
  classes: string[];
  options: Record<string, DatasetChoice>;
  source: string;
  licence: string;
};

/** An array of a data set. */
export type DatasetField = {
  /** of one sample */
  shape: number[];
  /** other shapes in which a sample can be read */
  views: number[][];
  /** whether it holds labels */
  whole: boolean;
  summary: string;
};

/** What was probably done wrong. */
export type DiagnosisAnswer = {
  code: "transposed" | "elementwise_for_matmul" | "missing_batch_sum" | "mean_for_sum" | "sum_for_mean" | "missing_local_derivative" | "wrong_sign" | "constant_factor" | "wrong_tensor" | "missing_contribution" | "overwritten_not_added" | "statistics_held_constant" | "activation_for_preactivation" | "stale_value" | "kernel_not_flipped" | "stride_or_padding_ignored" | "mask_ignored" | "missing_incoming_gradient" | "axis_wrong" | "only_last_step" | "gradient_through_detached" | "diagonal_only" | "extra_local_derivative" | "extra_contribution" | "eps_forgotten" | "wrong_approximation" | "unknown";
  message: string;
};

/** A formula as it is understood, from the inside to the outside; null where it cannot be read. */
export type Draft = {
  tensor: string;
  expected_shape: number[];
  code: string | null;
  latex: string | null;
  mathml: string | null;
  shape: number[] | null;
  /** whether the shapes are equal */
  fits: boolean;
  warnings: string[];
  steps: DraftStep[];
  names: NamedShape[];
  /** where an index was given: that element's terms */
  element: FormulaElement | null;
  /** where it cannot be read: what is missing, and where */
  problem: ProblemDetail | null;
};

/** A part of a formula. */
export type DraftStep = {
  code: string;
  shape: number[];
  op: string;
  family: string;
};

/** The curve, or else the sample's operands and its result. */
export type Drawing = {
  curve: Curve | null;
  operands: Drawn[];
  /** null beside a curve */
  result: Drawn | null;
};

/** A tensor of the sketch; `count` versions of it where a loop assigns it anew. */
export type Drawn = {
  name: string;
  shape: number[];
  /** how many versions of it there are */
  count: number;
};

/**
 * A tensor that a forward step reads, and the step that computes what comes back to its gradient
 * that way.
 */
export type Edge = {
  tensor: string;
  gradient: number | null;
};

/** Something that was changed by hand. */
export type EditMark = {
  iteration: number;
  text: string;
};

/**
 * What an element of the tensor does: the results that depend on it, the strongest first where
 * there are many. Each contributes derivative times gradient; with the `rest` they add up to
 * `total`.
 */
export type Effect = {
  tensor: string;
  index: number[];
  output: string;
  cells: UsedCell[];
  cell_count: number;
  rest: Wire;
  total: Wire;
};

/** An element of a tensor; of its next value where the update is explained. */
export type Element = {
  tensor: string;
  field: "value" | "gradient" | "next";
  index: number[];
  value: Wire;
};

/** An example, to choose from. */
export type ExampleSummary = {
  name: string;
  title: string;
  description: string;
  shelf: string;
  /** what to look at */
  question: string;
  /** what to try */
  attempt: string;
  picture: Drawn[];
};

/** An exercise, to choose from. */
export type ExerciseSummary = {
  name: string;
  title: string;
  description: string;
  level: number;
};

/**
 * Where an element comes from: terms that add up to it. `rest` is the part of those that were cut
 * off.
 */
export type Explanation = {
  tensor: string;
  field: "value" | "gradient" | "next";
  index: number[];
  value: Wire;
  shape: number[];
  op: string;
  family: string;
  code: string;
  latex: string;
  mathml: string;
  terms: TermAnswer[];
  term_count: number;
  groups: Group[];
  rest?: Wire;
  /** of a sum over samples of which not all terms are listed: each sample's part */
  samples?: SampleSum[];
  /** where it is not finite: the operations that made it so, the first one first */
  births?: Warned[];
};

/** A cell, a constant (no cells), or a function of cells. */
export type FactorAnswer = {
  code: string;
  value: Wire;
  cells: Element[];
  /** of the code, where it is computed from cells */
  pieces?: Piece[];
};

/**
 * A format of files: what is in it, how a file's name ends, and whether a run leaves and comes as
 * one.
 */
export type FormatEntry = {
  name: string;
  title: string;
  summary: string;
  ending: string;
  media_type: string;
  exports: boolean;
  imports: boolean;
  /** whether such a file may hold several iterations */
  several: boolean;
  /** whether it holds data, which goes into a run or begins one, and no program */
  data: boolean;
  /** the extra that must be installed to open such a file; null for none */
  extra: string | null;
};

/** A formula as program text, as LaTeX and as MathML. */
export type Formula = {
  code: string;
  latex: string;
  mathml: string;
};

/** One element of a formula's result. */
export type FormulaElement = {
  index: number[];
  value: Wire;
  terms: TermAnswer[];
  term_count: number;
};

/** Gradients beside central differences: of all parameters, or the curve of one weight. */
export type Gradcheck = {
  step: number;
  tolerance: number;
  passed: boolean;
  parameters: Record<string, CheckedParameter>;
  curve: LossCurve | null;
};

/**
 * Terms of one form, by their positions: the letters that run in it, their values in each term, and
 * its factors.
 */
export type Group = {
  letters: string[];
  factors: GroupFactor[];
  terms: number[];
  places: number[][];
};

/** A factor in letters; `loose` where it needs parentheses in a product. */
export type GroupFactor = {
  code: string;
  loose: boolean;
};

/** That the server is up. */
export type Health = {
  status: "ok";
  version: string;
  /** runs that nobody touches for so long are removed, where they are */
  retention_days?: number;
};

/** A hint towards a gradient. */
export type Hint = {
  title: string;
  text: string;
  /** level 1: what the gradient is computed from, with shapes */
  operands: Combined[];
  /** level 4: the solution */
  formula: Formula | null;
  /** level 2: the element whose terms are given */
  index: number[] | null;
  terms: HintTerm[];
  term_count: number | null;
  /** level 3: the forward operations, from the tensor on */
  rules: HintRule[];
  /** level 4: the solution as a formula */
  code: string | null;
  tensor: string;
  level: number;
  levels: number;
};

/** A factor of a product: its value alone, since its name would be the formula's. */
export type HintFactor = {
  value: Wire;
};

/**
 * An operation on the way from a tensor to the loss, as it stands in the program, and by which of
 * its operands the way goes: by what the program calls it.
 */
export type HintRule = {
  code: string;
  op: string;
  symbol: string;
  family: string;
  operand: string;
  stretched: boolean;
};

/** A product in an element's sum. */
export type HintTerm = {
  value: Wire;
  factors: HintFactor[];
};

/**
 * How many numbers lie between one edge and the next, for each iteration. The outermost bins hold
 * all beyond.
 */
export type Histogram = {
  edges: Wire[];
  counts: number[][];
};

/**
 * How a layer's values and gradients are spread over the iterations; which units are dead or
 * saturated.
 */
export type HistogramsPlot = {
  tensor: string;
  shape: number[];
  units: number;
  layers: LayerSummary[];
  iterations: number[];
  value: Histogram | null;
  gradient: Histogram | null;
  /** 0 for every sample, passing nothing back */
  dead: UnitState[];
  /** passing hardly anything back for any sample */
  saturated: UnitState[];
  text: string;
  options: Record<string, string>;
};

/** All that happened in order, and the loss at every iteration on the way to now. */
export type History = {
  events: HistoryEntry[];
  losses?: Wire[];
  /** on the rows that are held out, where there are some */
  validation_losses?: Wire[];
};

/** Something that happened to a run. */
export type HistoryEntry = {
  number: number;
  kind: "create" | "edit" | "train" | "practise" | "replace" | "undo" | "redo" | "found";
  /** the change that it followed; null for what only moved the head */
  parent: number | null;
  /** the change at which the run stood afterwards */
  head: number;
  iteration: number;
  /** whether it is on the way to now */
  present: boolean;
  text: string;
  iterations?: number;
  first_loss?: Wire;
  last_loss?: Wire;
};

/** The document that a file holds, ready to be posted. */
export type ImportedDocument = {
  format: string;
  warnings: string[];
  /** what became of each line of code; empty for other files */
  notes: Note[];
  /** the gradients that code calculates by itself, to be checked */
  backward: WrittenGradient[];
  document: Record<string, unknown>;
};

/** The new run's state. */
export type ImportedRun = {
  format: string;
  warnings: string[];
  /** what became of each line of code; empty for other files */
  notes: Note[];
  /** the gradients that code calculates by itself, to be checked */
  backward: WrittenGradient[];
  run: State;
};

/** The run's state, which tensors got the file's numbers, and what was left out. */
export type ImportedTensors = {
  /** the iteration since which the loss is not finite; null while it is */
  diverged_at: number | null;
  /** the same as a sentence: what led to it, and what to do */
  divergence: string | null;
  /** to change the run by; null for whoever may only look at it */
  id: string | null;
  /** to look at the run by, and to copy it */
  view_id: string;
  title: string | null;
  iteration: number;
  loss: Wire;
  /** of the rows that are held out; null where none are */
  validation_loss: Wire | null;
  /** counts the changes; also the ETag */
  version: number;
  /** the change at which the run stands, see its history */
  event: number;
  can_undo: boolean;
  can_redo: boolean;
  optimizer: Record<string, unknown> | null;
  /** how the data is cut into batches; null: all rows at once */
  batch: Record<string, unknown> | null;
  /** how many rows are held out, and which; null: none */
  validation: Record<string, unknown> | null;
  /** of the weight matrices; null where there are none */
  layout: "in_out" | "out_in" | "mixed" | null;
  /** since which iteration a replay differs from what was recorded; mostly null */
  recalculated: string | null;
  /** whose words the program uses where the libraries differ: numpy or torch */
  dialect: string;
  format: string;
  warnings: string[];
  /** the names of the inputs and parameters that the file had numbers for */
  replaced: string[];
};

/** What a file of data holds. */
export type Inspected = {
  /** named: tensors with names; single: one array */
  holds: "named" | "table" | "single" | "pictures" | "text" | "program";
  summary: string;
  columns: DataColumn[];
  /** the first rows of a table, as texts */
  head: string[][];
  /** the column that most likely is the label */
  label: string | null;
  /** what a new document would predict */
  predict: "classes" | "numbers" | null;
  /** how the text begins */
  text: string | null;
  /** null where it does not fit into the run, or none was named */
  fits: DataPlace | null;
  /** why it does not fit */
  problem: ProblemDetail | null;
  models: DataModel[];
  /** why none could begin with it */
  no_model: ProblemDetail | null;
  warnings: string[];
  format: string;
};

/**
 * All derivatives of one step: a row per element of the result, a column per element of the input.
 */
export type Jacobian = {
  step: number;
  output: string;
  input: string;
  code: string;
  output_shape: number[];
  input_shape: number[];
  value?: Wire[][];
  /** the share of derivatives that are 0 */
  zeros?: number;
  /** the sample whose part it is; missing: all of them */
  sample?: number;
  /** of a part: the places of its rows in row order */
  rows?: number[];
  /** of a part: the places of its columns */
  columns?: number[];
  contraction?: Contraction | null;
  cost: Cost;
  /** what it would cost in a layer of usual size; null where it is no layer's */
  at_scale: string | null;
  /** the most elements that are calculated; null: any number */
  limit: number | null;
  text: string;
};

/** What to ask for a Jacobian. */
export type JacobianReference = {
  step: number;
  input: string;
};

/** Whether an answer is right, with the reason, or what helps. */
export type Judged = {
  right: boolean;
  message: string;
  /** cells that were marked and should not be */
  off?: number[][];
  /** where it was asked for */
  solution?: Solution;
};

/** An element at which the loss has no slope, with those to both sides. */
export type Kink = {
  index: number[];
  left: Wire;
  right: Wire;
  gradient: Wire;
};

/** Where there is no derivative: what is taken instead, and why. */
export type KinkEntry = {
  code: string;
  document: ShownDocument;
  text: string;
  at: Record<string, unknown>;
  gradient: Record<string, unknown>;
};

/** A rule of the language, with a document that shows it. */
export type LanguageRule = {
  anchor: string;
  title: string;
  text: string;
  document: ShownDocument;
};

/**
 * All that a network can be built with; `start` is one to begin with, and what a request may leave
 * out.
 */
export type LayerCatalogue = {
  layers: LayerEntry[];
  initialisers: string[];
  losses: LossEntry[];
  datasets: DatasetEntry[];
  start: Record<string, unknown>;
};

/** A type of layer. */
export type LayerEntry = {
  type: string;
  title: string;
  group: string;
  summary: string;
  options: LayerOption[];
};

/** Something to choose about a layer. A default of null follows from the rest. */
export type LayerOption = {
  name: string;
  kind: "whole" | "number" | "flag" | "choice";
  default: number | boolean | string | null;
  least: number | null;
  most: number | null;
  choices: string[];
  summary: string;
};

/** A tensor with a histogram; null counts where no activation function made it. */
export type LayerSummary = {
  name: string;
  shape: number[];
  units: number;
  dead: number | null;
  saturated: number | null;
};

/**
 * One way to store the weights: their shape there, the step, and what it passes back to its
 * operands.
 */
export type Layout = {
  name: "in_out" | "out_in";
  own: boolean;
  weight: string;
  shape: number[];
  forward: string;
  input_gradient: string;
  weight_gradient: string;
};

/** A lesson on its own document. */
export type LessonAnswer = {
  title: string;
  description: string;
  minutes: number;
  example?: string;
  exercise?: string;
  document?: Record<string, unknown>;
  chapters: ChapterAnswer[];
};

/** A lesson, to choose from. */
export type LessonSummary = {
  name: string;
  title: string;
  description: string;
  minutes: number;
  chapters: number;
};

/** A library's words that the language accepts. */
export type LibraryWords = {
  library: string;
  title: string;
  summary: string;
  entries: SpellingEntry[];
};

/** A step of an opened composite. */
export type LongWay = {
  output: string;
  of: Made;
  code: string;
  tokens: Token[];
};

/**
 * A loop of the program, the outermost where loops are nested: its line, what it assigns last, and
 * which repeat it is, from 1.
 */
export type Loop = {
  line: number;
  name: string;
  round: number;
};

/** What a loss compares: two words, and the numbers of one sample, or of the batch. */
export type LossComparison = {
  tensor: string;
  first: string;
  second: string;
  /** the difference divided by this is the gradient; null where it is not so plain */
  divisor: Wire | null;
  rows: Compared[];
};

/** The loss as a function of one weight, with the line that the gradient claims to touch it. */
export type LossCurve = {
  parameter: string;
  index: number[];
  value: Wire;
  loss: Wire;
  gradient: Wire;
  numeric: Wire;
  left: Wire;
  right: Wire;
  kink: boolean;
  relative_difference: Wire;
  passed: boolean;
  values: Wire[];
  losses: Wire[];
  tangent: Wire[];
};

/**
 * A loss that a network can be built with; `classes` where it suits data of so many classes only.
 */
export type LossEntry = {
  name: string;
  title: string;
  classes: number | null;
};

/**
 * The loss over the iterations, its least, from where on it is no number, and what was changed by
 * hand.
 */
export type LossPlot = {
  iterations: number[];
  losses: Wire[];
  /** on the rows that are held out; null where none are */
  validation_losses: Wire[] | null;
  lowest: LowestLoss | null;
  not_finite_from: number | null;
  edits: EditMark[];
  text: string;
};

/** The least loss. */
export type LowestLoss = {
  iteration: number;
  loss: Wire;
};

/**
 * What a step makes: a tensor's value, its gradient or the `part`-th contribution to that, or its
 * next value.
 */
export type Made = {
  tensor: string;
  field: "value" | "gradient" | "next";
  part?: number;
};

/** A shape, and whether the numbers have to be whole. */
export type MissingShape = {
  shape: number[];
  whole: boolean;
};

/**
 * The shape that a tensor has as an input, and as a parameter; null where more than one would do,
 * or none.
 */
export type MissingShapes = {
  input: MissingShape | null;
  parameter: MissingShape | null;
};

/** A name that may stand in a formula. */
export type NamedShape = {
  name: string;
  shape: number[];
};

/** A value that may stand in a formula. */
export type NamedValue = {
  name: string;
  shape: number[];
  role: "input" | "parameter" | "intermediate" | "loss" | "state";
};

/** The Euclidean norms of all numbers of a tensor and of its gradient. */
export type Norm = {
  value: Wire;
  gradient: Wire | null;
};

/**
 * The norm of every parameter, gradient and update over the iterations, and the ratio of update to
 * parameter.
 */
export type NormsPlot = {
  iterations: number[];
  parameters: ParameterNorms[];
  text: string;
};

/**
 * What became of a line of code: `left_out` of the program, a `parameter` or an `input` of the
 * document, part of the `training`, drawn by an `init`, or read in the words of a `dialect`.
 */
export type Note = {
  /** null: of the whole text */
  line: number | null;
  code: "left_out" | "parameter" | "input" | "training" | "init" | "dialect";
  message: string;
};

/** A number that an element was computed from. */
export type Operand = {
  code: string;
  value: Wire;
};

/** A primitive, or a composite written in the language itself, whose `text` that is. */
export type OperationEntry = {
  formula: string;
  latex: string;
  mathml: string;
  name: string;
  family: string;
  symbol: string;
  summary: string;
  operands: string[];
  parameters: Record<string, unknown> | string[];
  text?: string;
  /** the gradient of each operand, as program text */
  rules: Record<string, string>;
  /** what happens where there is no derivative, and why */
  kink: string | null;
  source: string;
  synonyms: string[];
  /** what NumPy and PyTorch call the same: np.exp, Tensor.exp */
  spelled: string[];
  internal?: boolean;
  examples: string[];
};

/**
 * An optimizer: its options with their defaults, its own tensors, its rule as program text. Those
 * options that are `scheduled` may also be an expression of the iteration.
 */
export type OptimizerEntry = {
  name: string;
  options: Record<string, unknown>;
  scheduled: string[];
  state: string[];
  summary: string;
  rule: string;
  source: string;
};

/**
 * A tensor's last two axes as a picture: each number is the one of a block that is farthest from 0,
 * with its sign; NaN where there is one in the block. Blocks at the end may be smaller.
 */
export type Overview = {
  shape: number[];
  /** the position on the axes before the last two */
  lead: number[];
  /** rows and columns of a block */
  block: number[];
  value: Nested;
};

/** An axis of one tensor; stretched where it has the length 1 and meets a longer one. */
export type OwnAxis = {
  letter: string;
  stretched: boolean;
};

/** A question and its answer; code stands in backticks. `kind` is a stable word for scripts. */
export type Paragraph = {
  kind: string;
  title: string;
  text: string;
};

/** A parameter, or an optimizer's option. */
export type ParameterEntry = {
  name: string;
  /** as code; null where it must be given */
  default: string | null;
  allowed: string;
  /** the names that PyTorch and others have for it */
  also: string[];
};

/**
 * How large a parameter, its gradient and its update are at each iteration; null where there was
 * none.
 */
export type ParameterNorms = {
  name: string;
  shape: number[];
  value: (Wire | null)[];
  gradient: (Wire | null)[];
  update: (Wire | null)[];
  /** of the update's norm to the parameter's */
  ratio: (Wire | null)[];
};

/** The parts of a step in their order; the last one of each step makes what the step makes. */
export type Parts = {
  step: number;
  parts: StepPart[];
};

/** A piece of a factor's code; `cell` is the position of the one that it stands for. */
export type Piece = {
  text: string;
  cell?: number;
};

/** A tensor's value, gradient or next value, or one element of it. */
export type Place = {
  tensor: string;
  field: "value" | "gradient" | "next";
  index?: number[];
};

/** A plot in the list of plots. */
export type PlotEntry = {
  /** its numbers are at GET …/plots/{name} */
  name: string;
  title: string;
  /** why it makes no sense for this program; null where it does */
  reason: string | null;
  /** it shows the whole run, not one moment of it */
  over_time: boolean;
  /** it tells single gradients */
  shows_gradients: boolean;
  options: PlotOption[];
};

/** Something that may be chosen about a plot. */
export type PlotOption = {
  /** the query parameter */
  name: string;
  /** plots whose options have the same key share the choice */
  key: string;
};

/** The gradients to find, in backward order, and how many of those that count were found. */
export type Practice = {
  exercises: ToFind[];
  values: NamedValue[];
  /** in the order in which they are computed */
  gradients: NamedShape[];
  found: number;
  total: number;
  next: string | null;
  done: boolean;
};

/** The trace with other numbers in place. */
export type PreviewTrace = {
  loss: Wire;
  tensors: Record<string, TraceTensor>;
  steps: Step[];
  warnings: Warned[];
  /** whose words the program uses where the libraries differ: numpy or torch */
  dialect: string;
  batch?: BatchRows;
  /** the optimizer's options that are expressions of the iteration, where there are such */
  rates?: Record<string, Wire>;
  /** the values and gradients (`w1.g`) that are computed from the tensors given */
  changed: string[];
  /** of the run, whose numbers all others are */
  version: number;
};

/** What is wrong, where, and what to do about it (RFC 9457). */
export type ProblemAnswer = {
  /** a stable word for scripts */
  code: string;
  detail: string;
  where: Where;
  hint: string | null;
  type: string;
  title: string;
  status: number;
  /** names the request in the server's log */
  request_id: string;
};

/** What is wrong, where, and what to do about it. */
export type ProblemDetail = {
  /** a stable word for scripts */
  code: string;
  detail: string;
  where: Where;
  hint: string | null;
};

/** A question as it is asked, without its answer. */
export type QuestionAnswer = {
  kind: "cells" | "number" | "shape" | "drag" | "formula" | "mend" | "reason";
  ask: string;
  /** the tensor, or the element, that is asked about */
  of?: Place;
  /** in which the number is asked for, such as million */
  unit?: string;
  /** the wrong formula that is to be mended */
  start?: string;
  /** what to choose from: formulae, or reasons */
  choices?: string[];
};

/** A step that reads the tensor. */
export type Reader = {
  step: number;
  phase: "forward" | "backward" | "update";
  output: string;
  code: string;
};

/** That runs can be read and written. */
export type Readiness = {
  status: "ready";
};

/**
 * The steps that compute a tensor's value and gradient: null for a value that is given, and for a
 * gradient that does not exist or that no step needs.
 */
export type Ready = {
  value: number | null;
  gradient: number | null;
};

/** The whole reference. */
export type Reference = {
  language: LanguageRule[];
  groups: ReferenceGroup[];
  words: LibraryWords[];
};

/** An operation, a composite or an optimizer. */
export type ReferenceEntry = {
  name: string;
  family: string;
  summary: string;
  source: string;
  internal: boolean;
  synonyms: string[];
  written: string[];
  formulae: WrittenFormula[];
  kink: KinkEntry | null;
  sample: Shown | null;
  remark: string;
  refusals: Refusal[];
  /** a curve, or the shapes of the sample */
  picture: Drawing | null;
  /** empty where it is not called like a function */
  signature: string;
  operands: string[];
  parameters: ParameterEntry[];
  /** its program; empty for an operation */
  definition: string;
  gradients: Rule[];
  /** why an operand's gradient is what it is; an optimizer's own idea under its name */
  why: Record<string, string>;
};

/** A family of operations with an entry for each. */
export type ReferenceGroup = {
  family: string;
  title: string;
  summary: string;
  entries: ReferenceEntry[];
};

/** Something that an entry refuses, with the shapes of its operands. */
export type Refusal = {
  message: string;
  hint: string | null;
  code: string;
  shapes: Record<string, number[]>;
};

/** The gradient of an operand, as program text over the result's, and as a formula. */
export type Rule = {
  code: string;
  latex: string;
  mathml: string;
  operand: string;
};

/**
 * The state, the document with the present numbers, and the loss at every iteration so far; with
 * `document=false` the state alone.
 */
export type RunAnswer = {
  /** the iteration since which the loss is not finite; null while it is */
  diverged_at: number | null;
  /** the same as a sentence: what led to it, and what to do */
  divergence: string | null;
  /** to change the run by; null for whoever may only look at it */
  id: string | null;
  /** to look at the run by, and to copy it */
  view_id: string;
  title: string | null;
  iteration: number;
  loss: Wire;
  /** of the rows that are held out; null where none are */
  validation_loss: Wire | null;
  /** counts the changes; also the ETag */
  version: number;
  /** the change at which the run stands, see its history */
  event: number;
  can_undo: boolean;
  can_redo: boolean;
  optimizer: Record<string, unknown> | null;
  /** how the data is cut into batches; null: all rows at once */
  batch: Record<string, unknown> | null;
  /** how many rows are held out, and which; null: none */
  validation: Record<string, unknown> | null;
  /** of the weight matrices; null where there are none */
  layout: "in_out" | "out_in" | "mixed" | null;
  /** since which iteration a replay differs from what was recorded; mostly null */
  recalculated: string | null;
  /** whose words the program uses where the libraries differ: numpy or torch */
  dialect: string;
  /**
   * the trace, after a change that after it, where the query asks for it; null where it would be
   * too large, or a tensor that is asked for is not there
   */
  trace?: Trace | null;
  document?: Record<string, unknown>;
  losses?: Wire[];
  /** on the rows that are held out, where there are some */
  validation_losses?: Wire[];
};

/** A sample's part of a sum, and how many of its terms are not 0. */
export type SampleSum = {
  sample: number;
  value: Wire;
  terms: number;
};

/** An expression, and a document that has it. */
export type Shown = {
  code: string;
  document: ShownDocument;
};

/** A document that shows something and can be opened. */
export type ShownDocument = {
  title: string;
  program: string;
  inputs?: Record<string, unknown>;
  parameters: Record<string, unknown>;
  optimizer?: Record<string, unknown>;
  batch?: Record<string, unknown>;
  validation?: Record<string, unknown>;
};

/**
 * The loss as a function of one weight around where it is, with the tangent that its gradient
 * claims.
 */
export type SlicePlot = {
  parameter: string;
  index: number[];
  value: Wire;
  loss: Wire;
  gradient: Wire;
  numeric: Wire;
  left: Wire;
  right: Wire;
  kink: boolean;
  relative_difference: Wire;
  passed: boolean;
  values: Wire[];
  losses: Wire[];
  tangent: Wire[];
  text: string;
  options: Record<string, string>;
};

/**
 * A step as a sum: to the element at `result` each choice of letters adds the product of one
 * element of each operand.
 */
export type Slide = {
  /** how many values each letter has, from 0 on */
  letters: Record<string, number>;
  /** the letters that run along one axis together, for each such axis */
  pairs: string[][];
  result: SlideAxis[];
  operands: SlideOperand[];
  /** what is added besides, such as a bias */
  added?: SlideOperand;
};

/** Where on an axis: `start`, and so many steps for each letter. */
export type SlideAxis = {
  start: number;
  steps: Record<string, number>;
};

/** A tensor of a slide, with the place along each of its axes in letters; outside of it is 0. */
export type SlideOperand = {
  tensor: string;
  field: "value" | "gradient";
  shape: number[];
  axes: SlideAxis[];
};

/** The right answer, under the key of its kind, and as a sentence. */
export type Solution = {
  told: string;
  cells?: number[][];
  /** the number asked for, or one to drag to */
  number?: Wire;
  shape?: number[];
  formula?: string;
  /** which of the choices are right */
  choices?: number[];
};

/** The shape solver: which ways run, which fit, which are right, the right one first. */
export type Solved = {
  target: number[];
  operands: Combined[];
  coincidence: string | null;
  list: Way[];
};

/** The line of code that a step was captured from. */
export type Source = {
  file: string;
  line: number;
  /** the path of the module whose forward it stands in, empty for the model itself */
  module: string;
};

/** A function or method of a library, and what it means as program text of the language. */
export type SpellingEntry = {
  name: string;
  library: string;
  /** where the library has it; Tensor.exp and ndarray.dot are methods */
  paths: string[];
  /** the library's own, with its defaults */
  signature: string;
  /** empty where the name says it */
  summary: string;
  /**
   * over the parameters: an expression, an equation for the result y, the body of a function; or a
   * sentence
   */
  means: string;
};

/** A run in a few words. */
export type State = {
  /** the iteration since which the loss is not finite; null while it is */
  diverged_at: number | null;
  /** the same as a sentence: what led to it, and what to do */
  divergence: string | null;
  /** to change the run by; null for whoever may only look at it */
  id: string | null;
  /** to look at the run by, and to copy it */
  view_id: string;
  title: string | null;
  iteration: number;
  loss: Wire;
  /** of the rows that are held out; null where none are */
  validation_loss: Wire | null;
  /** counts the changes; also the ETag */
  version: number;
  /** the change at which the run stands, see its history */
  event: number;
  can_undo: boolean;
  can_redo: boolean;
  optimizer: Record<string, unknown> | null;
  /** how the data is cut into batches; null: all rows at once */
  batch: Record<string, unknown> | null;
  /** how many rows are held out, and which; null: none */
  validation: Record<string, unknown> | null;
  /** of the weight matrices; null where there are none */
  layout: "in_out" | "out_in" | "mixed" | null;
  /** since which iteration a replay differs from what was recorded; mostly null */
  recalculated: string | null;
  /** whose words the program uses where the libraries differ: numpy or torch */
  dialect: string;
};

/** Of the whole tensor's finite elements, null where there is none; and how many are not finite. */
export type Statistics = {
  min: Wire | null;
  max: Wire | null;
  mean: Wire | null;
  std: Wire | null;
  norm: Wire | null;
  nan: number;
  inf: number;
};

/** One line of the iteration's program; `value` where no tensor of the trace has it. */
export type Step = {
  index: number;
  phase: "forward" | "backward" | "update";
  line: number | null;
  op: string;
  family: string;
  inputs: string[];
  output: string;
  /** what `output` is */
  of: Made;
  code: string;
  /** the pieces of the code in their order */
  tokens: Token[];
  latex: string;
  mathml: string;
  shape: number[];
  picture: StepPicture;
  /** of a forward step that a loop repeats */
  loop?: Loop;
  /** where the document tells it */
  source?: Source;
  /** of a step of many operations: how many named parts it has, see /runs/{id}/parts */
  parts?: number;
  /** of a forward step: the tensors that it reads */
  edges?: Edge[];
  value?: Nested;
};

/**
 * An operand as it is drawn: which tensor it is, letters per axis ("" where it is stretched), and
 * where a movement takes each element of the result from. `value` where no tensor of the trace
 * holds its numbers; `transposed` where the last two axes are swapped; `constant` where no tensor
 * of the document goes into it.
 */
export type StepOperand = {
  code: string;
  tensor: string | null;
  field: "value" | "gradient" | null;
  shape: number[];
  labels: string[] | null;
  transposed?: boolean;
  origin?: number[];
  constant?: boolean;
  value?: Nested;
};

/** A part of a step: what it computes, out of tensors of the program and of parts before it. */
export type StepPart = {
  /** the step that it is a part of */
  step: number;
  name: string;
  code: string;
  tokens: Token[];
  shape: number[];
  picture: StepPicture;
  /** where no tensor of the trace holds it */
  value?: Nested;
  /** what it is, in a sentence */
  summary?: string;
};

/** How a step is drawn; `labels` are the letters of the result's axes. */
export type StepPicture = {
  kind: "product" | "elementwise" | "reduction" | "movement" | "composite";
  labels: string[] | null;
  operands: StepOperand[];
  /** of a step that slides one tensor along another, such as a convolution */
  slide?: Slide;
};

/** A step of the trace. */
export type StepReference = {
  step: number;
  output: string;
  code: string;
};

/** Why a training made fewer iterations than were asked for; those that it made are kept. */
export type Stopped = {
  /** cancelled, training_too_long or stopping (the server is) */
  code: string;
  detail: string;
  hint: string | null;
};

/**
 * For data with two features: what the program says of every point of their plane,
 * `values[row][column]` at `y[row]` and `x[column]`, and the samples on it.
 */
export type SurfacePlot = {
  tensor: string;
  unit: number | null;
  units: number;
  kind: "classes" | "scores";
  classes: string[] | null;
  /** the score where one class becomes the other */
  threshold: number | null;
  features: string[];
  x: Wire[];
  y: Wire[];
  values: Wire[][];
  samples: SurfaceSamples;
  text: string;
};

/**
 * The samples: where they are, what they should be, and what is said of them (both by class where
 * there are).
 */
export type SurfaceSamples = {
  x: Wire[];
  y: Wire[];
  truth: Wire[] | null;
  said: number[] | null;
};

/** One tensor, or a window of it: `window` has start and stop for each axis. */
export type TensorAnswer = {
  shape: number[];
  window: number[][];
  value: Nested;
  statistics: Statistics;
};

/** A product of factors; `sample` where its cells stand for one sample of the batch. */
export type TermAnswer = {
  value: Wire;
  sample?: number;
  /**
   * why a factor is 0: a step lets nothing through, such as relu (blocked), a mask does not, it was
   * filled in at an edge (padding), it is an element of an input (input), or none of these (exact)
   */
  zero?: "blocked" | "masked" | "padding" | "input" | "exact";
  /** the step that blocks or masks it */
  by?: Blocker;
  factors: FactorAnswer[];
};

/** A gradient to find: its shape, and the steps it comes back through. */
export type ToFind = {
  tensor: string;
  gradient: string;
  shape: number[];
  role: "input" | "parameter" | "intermediate" | "loss" | "state";
  line: number | null;
  steps: string[];
  /** how many of the gradients, from the first, may stand in its formula */
  earlier: number;
  /** an input's gradient trains nothing */
  optional: boolean;
  found: boolean;
  answer: string | null;
};

/**
 * A piece of a step's code. `tensor` and `field` are what a name refers to; `operand` is the
 * position in the picture of the operand that the piece is a part of, with the parentheses around
 * it.
 */
export type Token = {
  text: string;
  tensor?: string;
  field?: "value" | "gradient" | "next";
  operand?: number;
};

/**
 * One iteration, before its update: every tensor and every step; `batch` where the data is cut into
 * batches.
 */
export type Trace = {
  loss: Wire;
  tensors: Record<string, TraceTensor>;
  steps: Step[];
  warnings: Warned[];
  /** whose words the program uses where the libraries differ: numpy or torch */
  dialect: string;
  batch?: BatchRows;
  /** the optimizer's options that are expressions of the iteration, where there are such */
  rates?: Record<string, Wire>;
};

/** A tensor of a trace; `value` and `gradient` are there where these numbers are listed. */
export type TraceTensor = {
  role: "input" | "parameter" | "intermediate" | "loss" | "state";
  shape: number[];
  dtype: string;
  named: boolean;
  line: number | null;
  /** the name that the program gives it */
  assigned: string | null;
  ready: Ready;
  norm: Norm;
  value?: Nested;
  gradient?: Nested | null;
  /**
   * the flat indices of the gradient's elements to which nothing is let through, by a derivative of
   * 0 such as relu's or by a mask, where there are such
   */
  blocked?: number[];
  /** the tensor's other name, where it has two */
  alias?: string;
};

/** The state after a training, and what the training did. */
export type TrainedState = {
  /** the iteration since which the loss is not finite; null while it is */
  diverged_at: number | null;
  /** the same as a sentence: what led to it, and what to do */
  divergence: string | null;
  /** to change the run by; null for whoever may only look at it */
  id: string | null;
  /** to look at the run by, and to copy it */
  view_id: string;
  title: string | null;
  iteration: number;
  loss: Wire;
  /** of the rows that are held out; null where none are */
  validation_loss: Wire | null;
  /** counts the changes; also the ETag */
  version: number;
  /** the change at which the run stands, see its history */
  event: number;
  can_undo: boolean;
  can_redo: boolean;
  optimizer: Record<string, unknown> | null;
  /** how the data is cut into batches; null: all rows at once */
  batch: Record<string, unknown> | null;
  /** how many rows are held out, and which; null: none */
  validation: Record<string, unknown> | null;
  /** of the weight matrices; null where there are none */
  layout: "in_out" | "out_in" | "mixed" | null;
  /** since which iteration a replay differs from what was recorded; mostly null */
  recalculated: string | null;
  /** whose words the program uses where the libraries differ: numpy or torch */
  dialect: string;
  losses: Wire[];
  /** on the rows that are held out */
  validation_losses?: Wire[];
  true_losses?: Wire[];
  /** null where all iterations were made */
  stopped: Stopped | null;
  /**
   * the trace, after a change that after it, where the query asks for it; null where it would be
   * too large, or a tensor that is asked for is not there
   */
  trace?: Trace | null;
};

/** A unit, and since which iteration. */
export type UnitState = {
  unit: number;
  since: number;
};

/** An element that uses the one asked about; its contribution is derivative times gradient. */
export type UsedCell = {
  tensor: string;
  field: "value" | "gradient" | "next";
  index: number[];
  value: Wire;
  derivative: Wire;
  gradient: Wire;
  contribution: Wire;
};

/**
 * Where an element goes: branches whose contributions add up to its gradient, and the strongest way
 * to the loss. `read_by` are the steps of the backward pass and the update that read the tensor.
 */
export type Uses = {
  tensor: string;
  field: "value" | "gradient";
  index: number[];
  value: Wire;
  gradient: Wire | null;
  branches: Branch[];
  chain: ChainLink[];
  chain_product: Wire | null;
  read_by: Reader[];
};

/** What is said about one gradient. */
export type VerdictAnswer = {
  verdict: "correct" | "wrong_shape" | "wrong_value" | "error";
  shape: number[] | null;
  /** null where there is no such gradient */
  expected_shape: number[] | null;
  max_abs_difference: Wire | null;
  diagnosis: DiagnosisAnswer | null;
  hint: string | null;
  /**
   * right by accident, for these lengths or numbers; or right in another sense: up to rounding,
   * with another library's choice where maxima tie, for what an input visibly is, where the
   * backward pass itself gives NaN
   */
  notes: ("coincidental_shape" | "coincidental_numbers" | "rounded" | "tie_convention" | "holds_for_one_hot" | "holds_for_mask" | "backward_gives_nan")[];
  /** whether this step is right, given the gradients that were sent before it; null: unknown */
  own_step: "correct" | "wrong" | null;
  /**
   * where the own step is right: the wrong gradients, sent before it, that it is wrong because of
   */
  follows_from: string[];
  /** broadcasts in the formula that are probably a mistake; where the expected gradient is NaN */
  warnings: string[];
  /** the formula as it was understood */
  code: string | null;
  worst: WorstElement[];
  /** with values=all: the numbers that were given, or that the formula gives */
  value: Nested | null;
  /** with values=all: by how much each is too large */
  difference: Nested | null;
  /** what is wrong with the formula itself, where the verdict is error */
  message: string | null;
  where: Where | null;
};

/**
 * Something that is allowed, and probably a mistake. Of the code `not_finite`: an operation that
 * made a number which is not finite out of numbers that are, or NaN out of infinities. `tensor`,
 * `field` and `index` are the element of the step in which it did, or of a tensor that is given;
 * `expression` is the operation in numbers, `operands` the same by name, `cause` what that is
 * called, `cure` what to write instead. `sample` is its place in the batch, `iteration` the earlier
 * iteration at which it happened. Of the code `dead_unit`: `units` is how many the layer has, the
 * dead ones among them.
 */
export type Warned = {
  line: number | null;
  code: string;
  message: string;
  tensor?: string;
  field?: "value" | "gradient" | "next";
  index?: number[];
  units?: number;
  value?: Wire;
  step?: number;
  phase?: "given" | "forward" | "backward" | "update";
  op?: string;
  expression?: string;
  operands?: Operand[];
  cause?: string;
  cure?: string;
  sample?: number;
  iteration?: number;
};

/** One way to combine them; `right_numbers` is null where numbers were not compared. */
export type Way = {
  code: string;
  shape: number[] | null;
  runs: boolean;
  right_shape: boolean;
  right_numbers: boolean | null;
  error: string | null;
  hint: string | null;
};

/** One weight and its gradient over the iterations. */
export type WeightPlot = {
  parameter: string;
  index: number[];
  iterations: number[];
  values: (Wire | null)[];
  gradients: (Wire | null)[];
  text: string;
  options: Record<string, string>;
};

/** The place of an error, as far as it applies. */
export type Where = {
  line?: number;
  column?: number;
  tensor?: string;
  index?: number[];
  /** the position in a list of layers, from 1 */
  layer?: number;
};

/** Why a step, or one element of its result, is what it is. */
export type Why = {
  step: number;
  output: string;
  code: string;
  phase: "forward" | "backward" | "update";
  tensor: string;
  field: "value" | "gradient";
  index: number[] | null;
  formula: Formula;
  /** the element's equation in numbers, while it is short */
  numbers: Formula | null;
  story: Paragraph[];
  /** the forward step that this step differentiates */
  forward: StepReference | null;
  /** the Jacobian that the rule saves */
  jacobian: JacobianReference | null;
  shapes: Alignment | null;
  candidates: Solved | null;
  agreement: Agreement | null;
  /** the operation or composite whose rule it is, by its name in GET /ops */
  about: string | null;
  /** what raising one element does to a result of which it moves several numbers */
  effect: Effect | null;
  /** what a loss compares */
  comparison: LossComparison | null;
  /** a step with weights, stored as (in, out) and as (out, in) */
  layouts: Layout[] | null;
  /**
   * where it is not finite: the operations that made it so, the first one first; without an index
   * of the first such element
   */
  births?: Warned[];
};

/** An element that is far off. */
export type WorstElement = {
  index: number[];
  yours: Wire;
  expected: Wire;
};

/** The same of a record: its formula, as LaTeX and as MathML. */
export type WrittenFormula = {
  formula: string;
  latex: string;
  mathml: string;
};

/**
 * A gradient that code calculates by itself: the tensor that it seems to be of, the line and what
 * is written there, and its numbers, as `POST /check` takes them under `gradients`.
 */
export type WrittenGradient = {
  line: number;
  name: string;
  code: string;
  numbers: unknown;
};
