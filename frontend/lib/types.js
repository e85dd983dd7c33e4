/**
 * The shapes of the data that the page works with: what the service sends, and what the page makes of it.
 *
 * @typedef {number | "NaN" | "Infinity" | "-Infinity"} Wire  a number as it travels
 * @typedef {Wire | NestedArray} Nested
 * @typedef {Nested[]} NestedArray
 * @typedef {"value" | "gradient"} Field
 * @typedef {Field | "next"} Aim  what of an element is explained: its next value is what the update makes of it
 * @typedef {"forward" | "backward" | "update"} Phase
 * @typedef {"input" | "parameter" | "intermediate" | "loss" | "state"} Role
 *
 * @typedef {{value: number | null, gradient: number | null}} Ready  the steps that compute a tensor's value and gradient
 * @typedef {{tensor: string, gradient: number | null}} Edge  a tensor that a step reads, and the step that computes what comes back to it that way
 *
 * @typedef {{line: number, name: string, round: number}} Loop  a loop of the program: its line, what it assigns last, and which repeat it is, from 1
 *
 * @typedef {object} TensorRecord
 * @property {Role} role
 * @property {number[]} shape
 * @property {string} dtype
 * @property {Nested} [value]
 * @property {Nested | null} [gradient]
 * @property {boolean} [named]
 * @property {number | null} [line]
 * @property {string | null} [assigned]  the name that the program gives it
 * @property {Ready} ready
 * @property {string} [alias]
 * @property {boolean} [veiled]  its gradient is covered until it is found
 *
 * @typedef {object} Operand
 * @property {string} code
 * @property {string | null} tensor
 * @property {Field | null} field
 * @property {number[]} shape
 * @property {string[] | null} labels
 * @property {boolean} [transposed]
 * @property {number[]} [origin]
 * @property {boolean} [constant]  no tensor of the document goes into it
 * @property {Nested} [value]
 *
 * @typedef {object} Picture
 * @property {"product" | "elementwise" | "reduction" | "movement" | "composite"} kind
 * @property {string[] | null} labels
 * @property {Operand[]} operands
 *
 * @typedef {{tensor: string, field: Aim, part?: number}} Made  what a step makes: a value, a gradient or the so-and-so-many-th contribution to it, or a next value
 * @typedef {{text: string, tensor?: string, field?: Aim, operand?: number}} Token  a piece of a step's code: what a name refers to, and which operand of the picture it is a part of
 *
 * @typedef {object} Step
 * @property {number} index
 * @property {Phase} phase
 * @property {number | null} [line]
 * @property {string} op
 * @property {string} family
 * @property {string[]} inputs
 * @property {string} output
 * @property {Made} of
 * @property {string} code
 * @property {Token[]} tokens
 * @property {string} [mathml]
 * @property {number[]} shape
 * @property {Picture} [picture]
 * @property {Edge[]} [edges]  of a forward step
 * @property {Loop} [loop]     of a forward step that a loop repeats
 * @property {Nested} [value]
 * @property {boolean} [veiled]  what it makes is covered until it is found
 *
 * @typedef {object} Warning
 * @property {number | null} line
 * @property {string} code
 * @property {string} message
 *
 * @typedef {object} Trace
 * @property {Wire} loss
 * @property {Record<string, TensorRecord>} tensors
 * @property {Step[]} steps
 * @property {Warning[]} warnings
 * @property {BatchTold} [batch]  where the data is cut into batches
 * @property {Record<string, Wire>} [rates]  the optimizer's options that are expressions of the iteration
 *
 * @typedef {{name: string} & Record<string, unknown>} Optimizer
 *
 * @typedef {{size: number, shuffle: boolean}} Batches  how the data is cut
 * @typedef {{rows: number[], count: number, epoch: number, batch: number, batches: number}} BatchTold  the rows of an iteration; epochs and batches count from 1
 *
 * @typedef {object} Run  the state of a run, as the service sends it
 * @property {string} id
 * @property {number} iteration
 * @property {Wire} loss
 * @property {number} version
 * @property {number} event  the change at which it stands
 * @property {boolean} can_undo
 * @property {boolean} can_redo
 * @property {Optimizer | null} [optimizer]
 * @property {Batches | null} [batch]
 * @property {"in_out" | "out_in" | "mixed" | null} [layout]  of the weight matrices
 * @property {number | null} [diverged_at]  the iteration since which the loss is not finite
 * @property {string | null} [divergence]   the same as a sentence
 * @property {(Wire | null)[]} [losses]
 *
 * @typedef {object} Document
 * @property {string} [title]
 * @property {string} program
 * @property {Record<string, unknown>} [inputs]
 * @property {Record<string, unknown>} [parameters]
 * @property {Optimizer | null} [optimizer]
 *
 * @typedef {{line?: number, column?: number, tensor?: string, index?: number[], layer?: number}} Where
 * @typedef {{detail: string, hint: string | null, where: Where, status: number, code: string}} Trouble
 *
 * @typedef {object} Tensor  numbers in row-major order, with the place of the part that is at hand
 * @property {number[]} shape   of the part
 * @property {number[]} offset  of the part in the whole
 * @property {number[]} whole   shape of the whole tensor
 * @property {ArrayLike<number>} data
 *
 * @typedef {object} Matrix  one tensor as it is drawn
 * @property {string} id           unique on the page
 * @property {string} code         what its heading says
 * @property {string | null} name  the tensor it shows
 * @property {number} [operand]    its position among the operands of the step
 * @property {Field | null} field
 * @property {number[]} shape      as drawn
 * @property {Tensor | null} part  the numbers at hand; null while they are on their way
 * @property {boolean} transposed  drawn with the last two axes of the named tensor swapped
 * @property {boolean} ready       false where the cursor has not come to it
 * @property {boolean} editable
 * @property {string[] | null} labels
 * @property {number[] | null} origin
 * @property {number[] | null} stretched  the shape it is stretched to by broadcasting
 * @property {boolean} [mask]      it says yes or no
 * @property {import("./slices.js").Slices | null} slices  which part of it is at hand
 * @property {string | null} note
 * @property {boolean} [veiled]    covered until it is found
 * @property {"contract" | "plain" | "new"} naming  how its cells are called
 *
 * @typedef {{matrix: string, index: number[]}} CellPlace
 *
 * @typedef {{tensor: string, field: Aim, index: number[]}} Target  one element, by the name that it has everywhere
 * @typedef {Target & {value: Wire}} Cell
 * @typedef {{text: string, cell?: number}} Piece  of a factor's code, and the position of the cell that it stands for
 * @typedef {{code: string, value: Wire, cells: Cell[], pieces?: Piece[]}} Factor  a cell, a constant, or a function of cells, whose code is in pieces
 * @typedef {{letters: string[], factors: {code: string, loose: boolean}[], terms: number[], places: number[][]}} Group  terms of one form, by their positions: the letters that run in it, their values in each term, and its factors in letters
 * @typedef {{value: Wire, sample?: number, factors: Factor[]}} Term
 *
 * @typedef {object} Explanation  what one element is made of, as the service sends it
 * @property {string} tensor
 * @property {Aim} field
 * @property {number[]} index
 * @property {Wire} value
 * @property {string} op
 * @property {string} family
 * @property {string} code
 * @property {string} mathml
 * @property {Term[]} terms
 * @property {number} term_count  of all terms, the ones that are not listed too
 * @property {Group[]} groups
 * @property {Wire} [rest]        the sum of those
 *
 * @typedef {{code: string, mathml: string}} Formula
 * @typedef {{step: number, output: string, code: string}} StepReference
 * @typedef {{letter: string, length: number, role: "kept" | "summed" | "stretched"}} Axis
 * @typedef {{code: string, shape: number[], axes: {letter: string, stretched: boolean}[], repeated: string[], result: boolean}} AxesRow
 * @typedef {{axes: Axis[], rows: AxesRow[]}} Alignment  how the axes of a step's tensors meet; the result is the last row
 * @typedef {{code: string, shape: number[] | null, runs: boolean, right_shape: boolean, right_numbers: boolean | null, error: string | null, hint: string | null}} Way
 * @typedef {{target: number[], operands: {code: string, shape: number[]}[], list: Way[], coincidence: string | null}} Solved
 * @typedef {{composite: string, closed: string, tensor: string, steps: {output: string, of: Made, code: string, tokens: Token[]}[], max_abs_difference: Wire}} Agreement
 *
 * @typedef {object} Why  why a step, or one element of its result, is what it is
 * @property {number} step
 * @property {Phase} phase
 * @property {number[] | null} index
 * @property {string} output
 * @property {string} code
 * @property {Formula} formula
 * @property {Formula | null} numbers
 * @property {{kind: string, title: string, text: string}[]} story
 * @property {StepReference | null} forward
 * @property {{step: number, input: string} | null} jacobian
 * @property {Alignment | null} shapes
 * @property {Solved | null} candidates
 * @property {Agreement | null} agreement
 *
 * @typedef {object} Jacobian  all derivatives of a step's result by one of its inputs
 * @property {number} step
 * @property {string} output
 * @property {string} input
 * @property {string} code
 * @property {number[]} output_shape
 * @property {number[]} input_shape
 * @property {Wire[][]} [value]
 * @property {{incoming: string, rule: string, result: string | null, incoming_value: Wire[], result_value: Wire[], max_abs_difference: Wire} | null} [contraction]
 * @property {Record<string, number>} cost
 * @property {number | null} limit  the most derivatives that are calculated
 * @property {number} [sample]     whose part it is, where the whole is too large
 * @property {number[]} [rows]     of a part: the places of its rows, in row order
 * @property {number[]} [columns]
 * @property {string} text
 *
 * @typedef {Cell & {derivative: Wire, gradient: Wire, contribution: Wire}} UsedCell
 * @typedef {StepReference & {cell_count: number, cells: UsedCell[], contribution: Wire, rest?: Wire}} Branch
 *
 * @typedef {object} Uses  where an element goes
 * @property {string} tensor
 * @property {Field} field
 * @property {number[]} index
 * @property {Wire | null} gradient
 * @property {Branch[]} branches
 * @property {(Cell & {derivative: Wire | null})[]} chain
 * @property {Wire | null} chain_product
 * @property {(StepReference & {phase: Phase})[]} read_by
 *
 * @typedef {"terms" | "why" | "shapes" | "jacobian" | "uses"} Aspect  what can be asked about an element or a step
 *
 * @typedef {{value: string, grad: string, pos: string, neg: string, mid: string, ink: string, soft: string, line: string, panel: string, lit: string}} Palette
 */

export {};
