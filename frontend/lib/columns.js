/**
 * Values that are written down as columns, by what they have in common (`export/columns.py` says how).
 */

/**
 * The values of a column.
 *
 * @param {any} column
 * @param {number} count
 * @returns {any[]}
 */
export function valuesOf(column, count) {
  if (Array.isArray(column)) return column;
  if ("all" in column) return Array(count).fill(column.all);
  if ("table" in column) return column.at.map((/** @type {number} */ place) => column.table[place]);
  if ("lengths" in column) return lists(column, count);
  if ("there" in column) return someNull(column, count);
  const made = Array.from({ length: count }, () => /** @type {Record<string, any>} */ ({}));
  for (const [key, members] of Object.entries(column.of)) {
    const there = members.in && valuesOf(members.in, count);
    const owners = there ? made.filter((_, at) => there[at]) : made;
    const values = valuesOf(there ? members.are : members, owners.length);
    owners.forEach((owner, at) => {
      owner[key] = values[at];
    });
  }
  return made;
}

/** @param {{lengths: any, items: any}} column @param {number} count */
function lists({ lengths, items }, count) {
  const sizes = valuesOf(lengths, count);
  const all = valuesOf(
    items,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  let end = 0;
  return sizes.map((size) => all.slice(end, (end += size)));
}

/** @param {{there: any, are: any}} column @param {number} count */
function someNull({ there, are }, count) {
  const known = valuesOf(there, count);
  const values = valuesOf(are, known.filter(Boolean).length);
  let next = 0;
  return known.map((is) => (is ? values[next++] : null));
}
