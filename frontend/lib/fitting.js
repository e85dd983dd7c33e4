/**
 * The one size of cells for a document in a window: the largest with which every step's whole
 * equation is on the stage. A step that does not fit with the smallest legible cells is drawn as a
 * picture without numbers, and has no say.
 *
 * @typedef {object} Box  a tensor as it is laid out
 * @property {number} rows
 * @property {number} columns
 * @property {number} panels      how many such grids it has, side by side
 * @property {number} characters  of its widest number
 * @property {number} caption     characters of its heading
 *
 * @typedef {object} Equation
 * @property {string} kind   how it is drawn, as the step says
 * @property {boolean} down  a reduction whose result stands below
 * @property {Box[]} operands
 * @property {Box} result
 * @property {number} letters  of code between the matrices
 *
 * @typedef {{font: number, height: number, width: number}} Level of cells; `width`: of the widest
 *   that need no more
 * @typedef {{width: number, height: number, narrow?: boolean}} Room  `narrow`: laid out as on a phone
 */

/** Type sizes with the heights of cells, the best first. @type {[number, number][]} */
const SIZES = [
  [14, 28],
  [14, 26],
  [13, 24],
  [13, 22],
  [12, 22],
  [12, 20],
];
/** Still smaller ones, for a step that would lose its numbers else: while a question takes room. @type {[number, number][]} */
const SMALLER = [
  [12, 18],
  [12, 16],
  [12, 15],
];
const [WIDEST, NARROWEST, STEP] = [56, 24, 4];
/** Of the smaller ones: wide enough for a digit or two. */
const WIDTHS = [NARROWEST, 20, 17];
/** A monospaced letter is so much of its type size wide; so much is free beside a number. */
const LETTER = 0.602;
const BESIDE = 5;
/** Above a tensor its heading stands; between parts of an equation there is a gap. */
export const CAPTION = 22;
export const GAP = 24;
const NARROW_GAP = 10;
const [HEADING, SHORT_HEADING] = [18, 8];
const CAPTION_LETTER = 7.9;
const CODE_LETTER = 9.7;
const PANEL_CAPTION = 18;
/** Pixels per number where no numbers are printed. */
const DOTS = [
  20, 18, 16, 14, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3.5, 3, 2.5, 2, 1.5, 1.25, 1, 0.85, 0.7, 0.6, 0.5,
  0.4, 0.35, 0.3, 0.25, 0.21, 0.18, 0.15, 0.13, 0.11, 0.09, 0.075, 0.06, 0.05, 0.04, 0.03, 0.02,
  0.01, 0.005,
];

/**
 * The levels, the best first.
 *
 * @returns {Level[]}
 */
function levels() {
  return SIZES.flatMap(([font, height]) => {
    const list = [];
    for (let width = WIDEST; width >= NARROWEST; width -= STEP) list.push({ font, height, width });
    return list;
  });
}

/** The smallest one that can be read. @type {Level} */
export const LEAST = { font: 12, height: 20, width: NARROWEST };

/**
 * A level whose cells are easily hit, for a question that asks for cells: the best with which the
 * equation fits; null where there is none.
 *
 * @param {Equation} equation
 * @param {Room} room
 * @returns {Level | null}
 */
export function handyLevel(equation, room) {
  const found = [36, 33, 28, HANDY.height].flatMap((height) =>
    [40, 32, HANDY.width].map((width) => ({ font: height < 28 ? 13 : 14, height, width })),
  );
  return found.find((level) => fits(equation, level, room)) ?? null;
}

/** What is to be hit is no smaller than this (WCAG 2.5.8): 24 px, and a line below. */
export const HANDY = { width: 24, height: 25 };

/** What a cell of that many characters takes. @param {Level} level @param {number} characters */
export function cellWidth({ font, width }, characters) {
  return characters === 0 ? width : Math.max(width, Math.ceil(characters * font * LETTER) + BESIDE);
}

/**
 * @param {Box} box
 * @param {Level} level
 * @param {number} [characters]
 * @param {number} [heading] so many letters of it have room of their own
 * @returns {Room}
 */
function boxSize(box, level, characters = box.characters, heading = HEADING) {
  const width = box.columns * (1 + cellWidth(level, characters)) + 1;
  const panels = Math.max(1, box.panels);
  return {
    width: Math.max(
      width * panels + 10 * (panels - 1),
      Math.min(box.caption, heading) * CAPTION_LETTER,
    ),
    height: box.rows * level.height + 1 + CAPTION + (panels > 1 ? PANEL_CAPTION : 0),
  };
}

/** A phone, where everything is closer together. @param {number} width of the room */
export function isNarrow(width) {
  return width < 480;
}

/**
 * What an equation takes.
 *
 * @param {Equation} equation
 * @param {Level} level
 * @param {number} room its width: an equation may go on in a second line
 * @param {boolean} [narrow]
 * @returns {Room}
 */
export function equationSize(equation, level, room, narrow = isNarrow(room)) {
  const { kind, operands, result, down } = equation;
  if (kind === "product" && operands.length === 2) {
    const [left, right] = operands;
    const shared = Math.max(right.characters, result.characters);
    const heading = narrow ? SHORT_HEADING : HEADING;
    const [one, other, third] = [
      boxSize(left, level),
      boxSize(right, level, shared, heading),
      boxSize(result, level, shared, heading),
    ];
    return {
      width: one.width + (narrow ? NARROW_GAP : GAP) + Math.max(other.width, third.width),
      height: other.height + 4 + Math.max(one.height, third.height),
    };
  }
  if (kind === "reduction" && down) {
    const shared = Math.max(operands[0].characters, result.characters);
    const [one, other] = [boxSize(operands[0], level, shared), boxSize(result, level, shared)];
    return { width: Math.max(one.width, other.width), height: one.height + 26 + other.height };
  }
  return linesSize([...operands, result], level, equation.letters, room);
}

/**
 * One after the other, in as many lines as need be.
 *
 * @param {Box[]} boxes
 * @param {Level} level
 * @param {number} letters
 * @param {number} room
 */
function linesSize(boxes, level, letters, room) {
  const between = Math.max(30, (CODE_LETTER * letters) / boxes.length + 26);
  let [across, widest, tall, height] = [0, 0, 0, 0];
  for (const box of boxes) {
    const own = boxSize(box, level);
    if (across > 0 && across + between + own.width > room) {
      height += tall + 10;
      [across, tall] = [0, 0];
    }
    across += (across > 0 ? between : 0) + own.width;
    widest = Math.max(widest, across);
    tall = Math.max(tall, own.height);
  }
  return { width: widest, height: height + tall };
}

/** @param {Equation} equation @param {Level} level @param {Room} room */
export function fits(equation, level, room) {
  const { width, height } = equationSize(equation, level, room.width, room.narrow);
  return width <= room.width && height <= room.height;
}

/**
 * A level below the usual ones at which an equation keeps its numbers; null where there is none.
 *
 * @param {Equation} equation
 * @param {Room} room
 * @returns {Level | null}
 */
export function smallerLevel(equation, room) {
  const levels = SMALLER.flatMap(([font, height]) =>
    WIDTHS.map((width) => ({ font, height, width })),
  );
  return levels.find((level) => fits(equation, level, room)) ?? null;
}

/**
 * @param {Equation[]} equations of all steps
 * @param {Room} room
 * @returns {Level}
 */
export function levelFor(equations, room) {
  const possible = equations.filter((equation) => fits(equation, LEAST, room));
  return (
    levels().find((level) => possible.every((equation) => fits(equation, level, room))) ?? LEAST
  );
}

/**
 * Pixels per number of an equation that is drawn without numbers: the same for all of its tensors,
 * so that their sizes can be compared.
 *
 * @param {Equation} equation
 * @param {Room} room
 */
export function dotFor(equation, room) {
  const bare = (/** @type {Box} */ box) => ({ ...box, characters: 0 });
  const plain = {
    ...equation,
    operands: equation.operands.map(bare),
    result: bare(equation.result),
  };
  const found = DOTS.find((dot) => fits(plain, { font: 0, height: dot, width: dot - 1 }, room));
  return found ?? DOTS[DOTS.length - 1];
}
