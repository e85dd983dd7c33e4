/**
 * The lesson in Firefox, driven through WebDriver BiDi: steps, an explanation, a dragged weight, a
 * training. Prints as JSON what the page showed, and every message of its console.
 *
 * node firefox.mjs PUPPETEER FIREFOX ADDRESS
 */

import { pathToFileURL } from "node:url";

const [entry, executablePath, address] = process.argv.slice(2);
const { default: puppeteer } = await import(pathToFileURL(entry).href);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
const page = await browser.newPage();
await page.setViewport({ width: 1440, height: 900 });
page.setDefaultTimeout(60_000);

/** @type {string[]} */
const said = [];
page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
page.on("pageerror", (error) => said.push(`error: ${error}`));

const named = (name, role) => page.locator(`::-p-aria([name="${name}"][role="${role}"])`);
const attribute = (selector, name) =>
  page.$eval(selector, (element, name) => element.getAttribute(name), name);
const reached = (selector) => page.waitForSelector(selector);
const status = (text) => reached(`[role=status] ::-p-text(${text}), [role=status]::-p-text(${text})`);

try {
  await page.goto(address);
  await status("Opened");
  await reached("#graph .js-plotly-plot .main-svg path");
  for (let step = 1; step <= 3; step += 1) {
    await named("Next step", "button").click();
    await reached(`#step[data-index="${step}"]`);
  }
  const phase = await attribute("#step", "data-phase");

  await named("Previous step", "button").click();
  await reached('#step[data-index="2"]');
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await reached('#step[data-index="0"]');
  const cell = await reached('[role=gridcell][aria-label="w1[3, 1] value"]');
  await cell.click();
  await reached("#explanation ::-p-text(w1[3, 1])");

  const { x, y, width, height } = await cell.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + 20, y + height / 2);
  await page.mouse.move(x + width / 2 + 40, y + height / 2);
  await reached('[role=gridcell][aria-label="w1[3, 1] value"][data-value="1.4"]');
  await page.mouse.up();
  await status("w1[3, 1] is 1.4");
  const dragged = await attribute("#loss", "data-value");

  await named("Train", "button").click();
  await status("Trained 20 iterations");
  const trained = await attribute("#loss", "data-value");
  const run = new URLSearchParams(new URL(page.url()).hash.slice(1)).get("run");
  console.log(JSON.stringify({ phase, dragged, trained, run, said }));
} finally {
  await browser.close();
}
