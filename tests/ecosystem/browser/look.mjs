// Opens a page of the command in Chromium, and takes screenshots of it.
// usage: node look.mjs CHROMIUM PAGE.html EXPECTED.json

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, path, expected] = process.argv.slice(2);
const url = pathToFileURL(path).href;
const { orders, texts, state } = JSON.parse(readFileSync(expected, "utf8"));

// Chromium has no sandbox of its own if it is started by root.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

async function open(options) {
  const page = await browser.newPage(options);
  const seen = { problems: [], requests: [] };
  page.on("console", (message) => seen.problems.push(message.text()));
  page.on("pageerror", (error) => seen.problems.push(error.message));
  page.on("dialog", (dialog) => seen.problems.push(dialog.message()));
  page.on("request", (request) => seen.requests.push(request.url()));
  await page.goto(url);
  return { page, seen };
}

/** What is wider than the window. */
const overflow = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const isOutside = (element) => element.getBoundingClientRect().right > clientWidth + 1;
    return scrollWidth > clientWidth || Array.from(document.querySelectorAll("body *")).some(isOutside);
  });

const shownIds = async (page) => {
  const rows = page.locator(".orders tbody tr:visible");
  return (await rows.locator("th").allTextContents()).sort();
};

async function looksRight(width, colorScheme) {
  const { page, seen } = await open({ viewport: { width, height: 900 }, colorScheme });
  assert.equal(await overflow(page), false, `it overflows at ${width} pixels`);
  assert.deepEqual(await shownIds(page), orders);
  const body = await page.locator("body").innerText();
  for (const text of texts) {
    assert(body.includes(text), `${text} is not shown as text`);
  }
  await theChartIsVisible(page);
  await page.screenshot({ path: path.replace(".html", `-${width}-${colorScheme}.png`), fullPage: true });
  await theFilterHidesRows(page);
  assert.deepEqual(seen, { problems: [], requests: [url] });
  await page.close();
}

async function theChartIsVisible(page) {
  const chart = page.locator("svg.timeline");
  const frame = await chart.boundingBox();
  assert(frame.width > 250 && frame.height > 150, JSON.stringify(frame));
  for (const name of ["title", "desc"]) {
    assert.notEqual(await chart.locator(`> ${name}`).textContent(), "");
  }
  const bars = await chart.locator("rect").all();
  assert(bars.length > 0);
  for (const bar of bars) {
    const box = await bar.boundingBox();
    assert(box.width >= 2 && box.height >= 2, JSON.stringify(box));
    assert(box.x >= frame.x && box.x + box.width <= frame.x + frame.width + 1, JSON.stringify(box));
    assert(box.y >= frame.y && box.y + box.height <= frame.y + frame.height, JSON.stringify(box));
  }
}

async function theFilterHidesRows(page) {
  const [wanted] = orders;
  await page.getByLabel("Text").fill(wanted.toUpperCase());
  const found = await shownIds(page);
  assert(found.includes(wanted) && found.length < orders.length, `${found}`);
  await page.getByLabel("Text").fill("");
  await page.getByLabel("State").selectOption(state.name);
  assert.equal((await shownIds(page)).length, state.count);
  assert.equal(await page.locator("#shown").textContent(), `${state.count} of ${orders.length} shown`);
  await page.getByLabel("State").selectOption("");
  assert.equal((await shownIds(page)).length, orders.length);
}

/** So that a text which is not escaped after all does nothing. */
async function thePolicyAllowsNoOtherScript() {
  const { page, seen } = await open({});
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'another script'";
    document.body.append(script);
  });
  assert.notEqual(await page.title(), "another script");
  assert.equal(seen.problems.length, 1, `${seen.problems}`);
  await page.close();
}

async function itIsReadWithoutScript() {
  const { page } = await open({ javaScriptEnabled: false });
  assert.equal(await page.locator(".orders tbody tr:visible").count(), orders.length);
  assert.equal(await page.locator("#filter").isVisible(), false);
  await page.close();
}

/** On a sheet A4 with the margins of a browser. */
async function itIsPrinted() {
  const { page } = await open({ viewport: { width: 718, height: 1000 } });
  await page.emulateMedia({ media: "print" });
  assert.equal(await overflow(page), false, "it overflows on paper");
  assert.equal(await page.locator("#filter").isVisible(), false);
  await page.pdf({ path: path.replace(".html", ".pdf"), format: "A4", margin: { left: "1cm", right: "1cm" } });
  await page.close();
}

try {
  for (const width of [1280, 390]) {
    for (const colorScheme of ["light", "dark"]) {
      await looksRight(width, colorScheme);
    }
  }
  await thePolicyAllowsNoOtherScript();
  await itIsReadWithoutScript();
  await itIsPrinted();
} finally {
  await browser.close();
}
console.log("done");
