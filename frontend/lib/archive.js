/**
 * Several files as one: a zip archive, its entries stored as they are.
 *
 * The numbers in its records are written with the lowest byte first; see PKWARE's APPNOTE, 4.3.
 */

const NETWORK = /\.onnx$/i;
const VERSION = 20;
/** The flag that names are UTF-8, and the first day that an entry can have. */
const [UTF8, DAY] = [0x800, 0x21];
const POLYNOMIAL = 0xedb88320;

/** The checksums of single bytes. */
const SUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? POLYNOMIAL ^ (sum >>> 1) : sum >>> 1;
  return sum;
});

/** The CRC-32 of bytes. @param {Uint8Array} bytes */
export function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = SUMS[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** Numbers as bytes. @param {...[number, number]} fields each with how many bytes it has */
function record(...fields) {
  return Uint8Array.from(
    fields.flatMap(([value, width]) =>
      Array.from({ length: width }, (_, place) => Math.floor(value / 256 ** place) % 256),
    ),
  );
}

/**
 * A zip archive of these files.
 *
 * @param {{name: string, bytes: Uint8Array<ArrayBuffer>}[]} files
 * @returns {BlobPart[]} its parts in order
 */
export function zipped(files) {
  /** @type {BlobPart[]} */
  const content = [];
  /** @type {BlobPart[]} */
  const directory = [];
  let [place, size] = [0, 0];
  for (const { name, bytes } of files) {
    const label = new TextEncoder().encode(name);
    /** @type {[number, number][]} */
    const common = [
      ...[VERSION, UTF8, 0, 0, DAY].map((value) => /** @type {[number, number]} */ ([value, 2])),
      ...[checksum(bytes), bytes.length, bytes.length].map(
        (value) => /** @type {[number, number]} */ ([value, 4]),
      ),
      [label.length, 2],
      [0, 2],
    ];
    const head = record([0x04034b50, 4], ...common);
    const entry = record(
      [0x02014b50, 4],
      [VERSION, 2],
      ...common,
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [place, 4],
    );
    content.push(head, label, bytes);
    directory.push(entry, label);
    place += head.length + label.length + bytes.length;
    size += entry.length + label.length;
  }
  const count = files.length;
  const end = record(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [size, 4],
    [place, 4],
    [0, 2],
  );
  return [...content, ...directory, end];
}

/**
 * What is opened of several files that come at once: a network and the file that it keeps its
 * weights in as one, else the first.
 *
 * @param {Iterable<File>} files
 * @returns {Promise<File | undefined>}
 */
export async function together(files) {
  const every = [...files];
  const network = every.find(({ name }) => NETWORK.test(name));
  if (!network || every.length === 1) return every[0];
  const read = every.map(async (file) => ({
    name: file.name,
    bytes: new Uint8Array(await file.arrayBuffer()),
  }));
  return new File(zipped(await Promise.all(read)), network.name);
}
