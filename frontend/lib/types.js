/**
 * The shapes of the data that the page works with. What the service sends is described in
 * `answers.d.ts`; here are the
 * page's names for it, and what the page makes of it.
 *
 * @import * as answers from "./answers.js"
 *
 * @typedef {answers.Wire} Wire
 * @typedef {answers.Nested} Nested
 * @typedef {answers.Warned} Warning
 * @typedef {answers.BatchRows} BatchTold
 * @typedef {answers.StepPicture} Picture
 * @typedef {answers.StepOperand} Operand
 * @typedef {answers.Token} Token
 * @typedef {answers.Element} Cell
 * @typedef {answers.FactorAnswer} Factor
 * @typedef {answers.TermAnswer} Term
 * @typedef {answers.Group} Group
 * @typedef {answers.Explanation} Explanation
 * @typedef {answers.Formula} Formula
 * @typedef {answers.StepReference} StepReference
 * @typedef {answers.Axis} Axis
 * @typedef {answers.AxesRow} AxesRow
 * @typedef {answers.Alignment} Alignment
 * @typedef {answers.Way} Way
 * @typedef {answers.Solved} Solved
 * @typedef {answers.Agreement} Agreement
 * @typedef {answers.Why} Why
 * @typedef {answers.Jacobian} Jacobian
 * @typedef {answers.UsedCell} UsedCell
 * @typedef {answers.Branch} Branch
 * @typedef {answers.Uses} Uses
 * @typedef {answers.Where} Where
 *
 * @typedef {"value" | "gradient"} Field
 * @typedef {Explanation["field"]} Aim what of an element is explained: its next value is what the
 *   update makes of it
 * @typedef {AnsweredStep["phase"]} Phase
 * @typedef {AnsweredTensor["role"]} Role
 *
 * @typedef {answers.Step} AnsweredStep
 * @typedef {answers.TraceTensor} AnsweredTensor
 * @typedef {AnsweredTensor & {hidden?: boolean, blocked?: number[]}} TensorRecord hidden: its
 *   gradient is covered until it is found
 * @typedef {Omit<AnsweredStep, "mathml"> & {mathml?: string, hidden?: boolean}} Step hidden: what
 *   it makes is covered until it is found, and its formula
 * @typedef
 *   {Omit<answers.Trace, "tensors" | "steps"> & {tensors: Record<string, TensorRecord>, steps: Step[]}}
 *   Trace
 *
 * @typedef {{name: string} & Record<string, unknown>} Optimizer
 * @typedef {{size: number, shuffle: boolean}} Batches  how the data is cut
 * @typedef {{fraction?: number, count?: number, shuffle: boolean}} Held  which rows are held out
 * @typedef {object} RunParts
 * @property {string} id
 * @property {Optimizer | null} optimizer
 * @property {Batches | null} batch
 * @property {Held | null} validation
 * @property {(Wire | null)[]} [losses]
 * @property {(Wire | null)[]} [validation_losses]
 * @typedef {Omit<answers.State, "id" | "optimizer" | "batch" | "validation"> & RunParts} Run  the state of a run
 *
 * @typedef {object} Document
 * @property {string} [title]
 * @property {string} program
 * @property {Record<string, unknown>} [inputs]
 * @property {Record<string, unknown>} [parameters]
 * @property {Optimizer | null} [optimizer]
 * @property {Record<string, string[]>} [vocabulary]  what the whole numbers of an input stand for
 *
 * @typedef
 *   {Pick<answers.ProblemAnswer, "detail" | "hint" | "where" | "status" | "code"> & {after?: number | null, again?: boolean}}
 *   Problem `after`: in so many seconds it may be tried again; `again`: the page can do so
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
 * @property {import("./overview.js").Overview | null} [overview]  of what is too large to be at hand,
 *   null while it is on its way
 * @property {string | null} note
 * @property {boolean} [hidden]    covered until it is found
 * @property {"contract" | "plain" | "new"} naming  how its cells are called
 *
 * @typedef {{matrix: string, index: number[]}} CellPlace
 *
 * @typedef {{tensor: string, field: Aim, index: number[]}} Target one element, by the name that it
 *   has everywhere
 *
 * @typedef {"terms" | "why" | "shapes" | "jacobian" | "uses"} Aspect what can be asked about an
 *   element or a step
 *
 * @typedef {object} Palette
 * @property {string} value
 * @property {string} grad
 * @property {string} pos
 * @property {string} neg
 * @property {string} mid
 * @property {string} ink
 * @property {string} soft
 * @property {string} line
 * @property {string} skeleton
 * @property {string} panel
 * @property {string} lit
 */

export {};
