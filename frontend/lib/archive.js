/**
 * Several files as one: a zip archive, its entries stored as they are.
 *
 * The numbers in its records are written with the lowest byte first; see PKWARE's APPNOTE, 4.3.
 */

import { arePictures } from "./data.js";

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
 * A zip archive of these files; of several with the same name the later ones get a number.
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
  /** @type {Set<string>} */
  const taken = new Set();
  for (const { name, bytes } of files) {
    const own = free(name, taken);
    taken.add(own);
    const label = new TextEncoder().encode(own);
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

/** The name, after a number if it is taken. @param {string} name @param {Set<string>} taken */
function free(name, taken) {
  let own = name;
  for (let number = 2; taken.has(own); number += 1) own = `${number} ${name}`;
  return own;
}

/**
 * What is opened of several files that come at once: a network and the file that it keeps its
 * weights in as one, and so are pictures; else the first.
 *
 * @param {File[]} files at least one
 * @returns {Promise<File>}
 */
export async function together(files) {
  const network = files.find(({ name }) => NETWORK.test(name));
  const name = network?.name ?? (arePictures(files) ? `${files.length} pictures` : null);
  if (name === null || files.length === 1) return files[0];
  const read = files.map(async (file) => ({
    name: file.name,
    bytes: new Uint8Array(await file.arrayBuffer()),
  }));
  return new File(zipped(await Promise.all(read)), name);
}
