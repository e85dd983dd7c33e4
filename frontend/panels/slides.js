/**
 * What the stage shows of a step in which one tensor slides along another.
 */

export { createSlide } from "../state/slide/commands.js";
export { slidePicture } from "../state/slide/selectors.js";
export { choosersView, placeText, slideView } from "../views/slide.js";
