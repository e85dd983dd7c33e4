/** Files as one: a zip archive, in which nothing is compressed. */

const [LOCAL, ENTRY, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const [VERSION, UTF8] = [20, 0x0800];

/** The checksums of all bytes, by which those of texts are made (CRC-32, IEEE 802.3). */
const CHECKSUMS = Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum >>> 0;
});

/** @param {Uint8Array} bytes */
export function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ CHECKSUMS[(sum ^ byte) & 0xff];
  return (sum ^ 0xffffffff) >>> 0;
}

/**
 * The archive of files by their names; of several of a name the later ones get a number.
 *
 * @param {{name: string, bytes: Uint8Array}[]} files
 * @returns {Blob}
 */
export function zipOf(files) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const entries = [];
  let [offset, listed] = [0, 0];
  const taken = new Set();
  files.forEach(({ name, bytes }, at) => {
    const own = new TextEncoder().encode(taken.has(name) ? `${at} ${name}` : name);
    taken.add(name);
    const words = [UTF8, 0, 0, 0];
    const sizes = [checksum(bytes), bytes.length, bytes.length];
    const head = record([[LOCAL], [VERSION, ...words], sizes, [own.length, 0]]);
    const rest = [own.length, 0, 0, 0, 0];
    const entry = record([[ENTRY], [VERSION, VERSION, ...words], sizes, rest, [0, offset]]);
    parts.push(head, own, new Uint8Array(bytes));
    entries.push(entry, own);
    offset += head.length + own.length + bytes.length;
    listed += entry.length + own.length;
  });
  const count = files.length;
  const end = record([[END], [0, 0, count, count], [listed, offset], [0]]);
  return new Blob([...parts, ...entries, end], { type: "application/zip" });
}

/**
 * Numbers as bytes, the least first: those of the lists in turn have four bytes, and two.
 *
 * @param {number[][]} lists
 */
function record(lists) {
  const bytes = lists.flatMap((list, at) =>
    list.flatMap((number) =>
      Array.from({ length: at % 2 ? 2 : 4 }, (_, place) => (number >>> (8 * place)) & 0xff),
    ),
  );
  return new Uint8Array(bytes);
}
