/**
 * Server-sent events out of the body of an answer.
 *
 * @typedef {{name: string, data: any}} ServerEvent
 */

/**
 * The events as they arrive, their data read as JSON.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<ServerEvent>}
 */
export async function* readEvents(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      text += decoder.decode(piece.value, { stream: true });
      const whole = text.split("\n\n");
      text = /** @type {string} */ (whole.pop());
      for (const event of whole) yield readEvent(event);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** @param {string} text @returns {ServerEvent} */
function readEvent(text) {
  const fields = Object.fromEntries(
    text
      .split("\n")
      .map((line) => [
        line.slice(0, line.indexOf(":")),
        line.slice(line.indexOf(":") + 1).trimStart(),
      ]),
  );
  return { name: fields.event, data: JSON.parse(fields.data) };
}
