/** The room that the picture of a step has on the stage. */

const BESIDE = 32;
const AROUND = 8;

/** Null while the stage is not laid out. @returns {{width: number, height: number} | null} */
export function stageRoom() {
  const region = document.getElementById("tensors");
  if (!region) return null;
  const height = parseFloat(getComputedStyle(region).gridTemplateRows.split(" ")[1]);
  return Number.isFinite(height)
    ? { width: region.clientWidth - BESIDE, height: height - AROUND }
    : null;
}
