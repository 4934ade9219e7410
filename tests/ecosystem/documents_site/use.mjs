// Uses the site as a reader does, from its folder and without a server.
// usage: node use.mjs CHROMIUM SITE SCREENSHOTS

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, site, screenshots] = process.argv.slice(2);
const url = (path) => pathToFileURL(join(site, path)).href;

// Chromium has no sandbox of its own if it is started by root.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ colorScheme: "light" });
const problems = [];
context.on("request", (request) => {
  if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) problems.push(request.url());
});
context.on("weberror", (error) => problems.push(error.error().message));
context.on("console", (message) => {
  if (message.type() === "error") problems.push(`${message.location().url}: ${message.text()}`);
});

const page = await context.newPage();

async function theSearchFinds(words, title) {
  await page.goto(url("index.html"));
  await page.locator(".md-search__input").first().fill(words);
  const results = page.locator(".md-search-result__item h1");
  await results.first().waitFor();
  const found = await results.allTextContents();
  assert(found.slice(0, 5).includes(title), `${words}: ${found}`);
}

async function theTabsAreRemembered() {
  const shown = async (language) => {
    const set = page.locator(".tabbed-set").first();
    const names = await set.locator(".tabbed-labels label").allTextContents();
    const block = set.locator(".tabbed-block").nth(names.indexOf(language));
    return block.isVisible();
  };
  await page.goto(url("docs/guide/first-call.html"));
  assert(await shown("Python"));
  await page.locator(".tabbed-set").first().getByText("Rust", { exact: true }).click();
  assert((await shown("Rust")) && !(await shown("Python")));
  await page.goto(url("docs/guide/creates.html"));
  assert((await shown("Rust")) && !(await shown("Python")), "the language is not remembered");
}

async function theDarkModeIsRemembered() {
  const scheme = () => page.locator("body").getAttribute("data-md-color-scheme");
  await page.goto(url("index.html"));
  assert.equal(await scheme(), "default");
  await page.locator('label[title="Switch to dark mode"]').click();
  assert.equal(await scheme(), "slate");
  await page.goto(url("docs/errors.html"));
  assert.equal(await scheme(), "slate");
  await page.screenshot({ path: join(screenshots, "dark.png") });
}

async function aProgramCanBeCopied() {
  await page.goto(url("docs/guide/first-call.html"));
  await page.locator(".md-code__button[data-md-type=copy]").first().waitFor();
}

async function noPageIsWiderThanTheScreen(width) {
  await page.setViewportSize({ width, height: 900 });
  const pages = readdirSync(site, { recursive: true }).filter(
    // The page of what was not found is for a server: its links begin with a slash.
    (path) => path.endsWith(".html") && path !== "404.html" && !path.startsWith("reference/rust/"),
  );
  assert(pages.length > 150, `${pages.length} pages`);
  for (const path of pages) {
    await page.goto(url(path), { waitUntil: "domcontentloaded" });
    const [content, screen] = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return [scrollWidth, clientWidth];
    });
    assert(content <= screen, `${path} has ${content} of ${screen} pixels`);
    if (/^(index|docs\/[^/]+|docs\/guide\/[^/]+|reference\/[^/]+)\.html$/.test(path)) {
      await page.screenshot({ path: join(screenshots, `${path.replaceAll("/", "-")}-${width}.png`) });
    }
  }
}

await theSearchFinds("unknown outcome", "Unknown outcomes");
await theSearchFinds("KeyLoadError", "KeyLoadError");
await theTabsAreRemembered();
await theDarkModeIsRemembered();
await aProgramCanBeCopied();
await noPageIsWiderThanTheScreen(1280);
await noPageIsWiderThanTheScreen(390);
assert.deepEqual(problems, []);
await browser.close();
