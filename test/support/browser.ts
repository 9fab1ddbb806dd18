import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const INSTALL = 'Chromium is not installed. Try: apt-get install chromium';
/** Never in git: for people, and for whoever keeps what CI made. */
const SCREENSHOTS = resolve(__dirname, '../../.screenshots');
/** It runs as root in containers, and speaks to this machine alone. */
const ALONE = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

let browser: Browser | undefined;
const contexts: BrowserContext[] = [];
const troubles: string[] = [];

/** A page of a browser profile of its own; what goes wrong in it fails the test at {@link closePages}. */
export async function openPage(url: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  browser ??= await launch();
  const context = await browser.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    // What the content security policy refused is said there too.
    if (message.type() === 'error' && !EXPECTED.test(message.text())) troubles.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** Chromium tells of every refused request and lost socket; pages show those themselves. */
const EXPECTED = /^Failed to load resource|^WebSocket connection to|net::ERR_INTERNET_DISCONNECTED/;

/** After each test. */
export async function closePages(): Promise<void> {
  for (const context of contexts.splice(0)) await context.close();
  expect(troubles.splice(0)).toEqual([]);
}

/** After all tests of a file. */
export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

async function launch(): Promise<Browser> {
  try {
    return await chromium.launch({ executablePath: '/usr/bin/chromium', args: ALONE });
  } catch (cause) {
    if (/executable doesn't exist/i.test((cause as Error).message)) throw new Error(INSTALL, { cause });
    throw cause;
  }
}
