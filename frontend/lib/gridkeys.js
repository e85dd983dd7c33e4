/**
 * Moving in a grid by the arrow keys, Home, End and the pages, as WAI-ARIA's grid pattern has it.
 */

const PAGE = 8;

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} cell
 * @returns {boolean} whether the key moves in a grid
 */
export function moveInGrid(event, cell) {
  const rows = [...(cell.closest("[role=grid]")?.querySelectorAll("[role=row]") ?? [])].map(
    (row) => [...row.querySelectorAll("[role=gridcell]")],
  );
  const row = rows.findIndex((cells) => cells.includes(cell));
  const column = rows[row]?.indexOf(cell) ?? 0;
  const aim = target(
    event,
    row,
    column,
    rows.map((cells) => cells.length),
  );
  if (!aim) return false;
  if (aim[0] === row && aim[1] === column && moveToPanel(event.key, cell, row, column)) return true;
  /** @type {HTMLElement | undefined} */ (rows[aim[0]]?.[aim[1]])?.focus();
  return true;
}

/**
 * From the edge of one panel of a tensor into the next.
 *
 * @param {string} key
 * @param {HTMLElement} cell
 * @param {number} row
 * @param {number} column
 */
function moveToPanel(key, cell, row, column) {
  const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
  const grid = /** @type {HTMLElement | null} */ (cell.closest("[role=grid]"));
  const panels = [...(cell.closest(".panels")?.querySelectorAll("[role=grid]") ?? [])];
  const next = way && grid && panels[panels.indexOf(grid) + way];
  if (!next) return false;
  const rows = [...next.querySelectorAll("[role=row]")];
  const sideways = key === "ArrowRight" || key === "ArrowLeft";
  const cells = [
    ...(rows[sideways ? row : way > 0 ? 0 : rows.length - 1]?.querySelectorAll("[role=gridcell]") ??
      []),
  ];
  /** @type {HTMLElement | undefined} */ (
    cells[sideways ? (way > 0 ? 0 : cells.length - 1) : column]
  )?.focus();
  return true;
}

/**
 * Where a key leads; null for other keys.
 * @param {{key: string, ctrlKey: boolean, shiftKey: boolean, metaKey: boolean, altKey: boolean}}
 *   event
 * @param {number} row @param {number} column @param {number[]} lengths  of the rows
 * @returns {[number, number] | null}
 */
export function target({ key, ctrlKey, shiftKey, metaKey, altKey }, row, column, lengths) {
  if (shiftKey || metaKey || altKey) return null;
  const last = lengths.length - 1;
  const clamp = (/** @type {number} */ aim) => Math.max(0, Math.min(last, aim));
  const inRow = (/** @type {number} */ aim, /** @type {number} */ at) =>
    Math.max(0, Math.min(lengths[at] - 1, aim));
  if (ctrlKey) return key === "Home" ? [0, 0] : key === "End" ? [last, lengths[last] - 1] : null;
  const down = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE }[key];
  if (down) return [clamp(row + down), inRow(column, clamp(row + down))];
  const right = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[key];
  return right ? [row, inRow(column + right, row)] : null;
}
