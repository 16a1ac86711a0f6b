/** The console in a real Chromium, for tests: starts it, signs in, checks accessibility, and watches the content security policy. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { peer } from '../support/peers.ts';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export type ColorScheme = 'light' | 'dark';

/** A page of the console and the violations of its content security policy so far. */
export interface ConsolePage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Each broken rule of the content security policy and each uncaught error, as it happened. */
  readonly faults: readonly string[];
}

/** Starts Debian's Chromium without a window; undefined where it is not installed (an error under CI). */
export async function startBrowser(): Promise<Browser | undefined> {
  const executablePath = peer('chromium');
  if (executablePath === undefined) return undefined;
  return chromium.launch({ executablePath, args: QUIET });
}

/** Opens the console at an address with a session of its own, so that two users can work side by side. */
export async function openConsole(
  browser: Browser,
  url: string,
  colorScheme: ColorScheme = 'light',
): Promise<ConsolePage> {
  const context = await browser.newContext({
    baseURL: url,
    colorScheme,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) faults.push(message.text());
  });
  await page.goto('/');
  return { page, context, faults };
}

/** First start: creates the administrator and waits for the overview. */
export async function createAdministrator(page: Page, name: string, password: string): Promise<void> {
  await page.getByRole('heading', { name: 'Create the administrator' }).waitFor();
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Repeat the password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Create the administrator' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** Signs in and waits for the console. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** Goes to a screen by its name in the navigation and waits for its heading. */
export async function goTo(page: Page, screen: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: new RegExp(`^${screen}`) })
    .click();
  await page.getByRole('heading', { level: 1, name: screen }).waitFor();
}

/** Waits until nothing on the page is a placeholder any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[role="status"][aria-label="Loading"]') === null);
}

/** Violations of serious or critical impact, one line each with the elements; empty when there are none. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, not by a script tag: the content security policy stays as strict as it is.
  await page.evaluate(AXE);
  const results = await page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as { axe: typeof axe };
    return engine.run(document, { resultTypes: ['violations'] });
  });
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes.map((node) => `  ${node.target.join(' ')} ${node.html}`).join('\n')}`,
    );
}
