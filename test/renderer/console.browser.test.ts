/** The console on a real agent in a real browser: what an administrator and a second person see and do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptLooseReferences, acknowledgeLowK, showCoarselyEnough } from '../../scripts/demo/datasets.ts';
import { SITE_APP, type StandInHub, startStandInHub } from '../hub/stand-in-hub.ts';
import { generatePhantoms } from '../phantom/generate.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { sendFolder } from '../support/pacs-simulator.ts';
import { peer } from '../support/peers.ts';
import { type RunningAgent, startAgent } from '../support/running-agent.ts';
import {
  type ConsolePage,
  createAdministrator,
  goTo,
  openConsole,
  seriousViolations,
  settled,
  signIn,
  startBrowser,
} from './console.ts';

const ANNA = { name: 'anna', password: 'anna has a long password' };
const BEN = { name: 'ben', password: 'ben has another password' };
const TITLE = 'Prostate MR of the browser test';
const PAGES = ['Overview', 'Receiver', 'Studies', 'Quarantine', 'Datasets', 'Hub', 'Audit', 'System'];
const PATIENTS = 24;

describe.skipIf(!peer('chromium'))('the console in Chromium', () => {
  let folder: string;
  let hub: StandInHub;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;
  let ben: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-browser-'));
    hub = await startStandInHub();
    const keyFile = join(folder, 'key');
    writeFileSync(keyFile, hub.apps[SITE_APP] ?? '');
    agent = await startAgent(join(folder, 'data'), [
      `hub.beam.url=${hub.url}`,
      `hub.beam.appId=${SITE_APP}`,
      `hub.beam.apiKeyFile=${keyFile}`,
      'site.name=Browser test hospital',
      // ten patients have scanners of several makers: of five, one may be named
      'disclosure.threshold=5',
    ]);
    await generatePhantoms(join(folder, 'pacs'), { seed: 11, count: PATIENTS, types: ['prostate', 'liver'] });
    browser = (await startBrowser()) as Browser;
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    await hub?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets the first person create the administrator, and that person add a second one', async () => {
    anna = await openConsole(browser, agent.httpUrl);
    await createAdministrator(anna.page, ANNA.name, ANNA.password);
    await goTo(anna.page, 'System');
    await anna.page.getByRole('tab', { name: 'Users' }).click();
    await anna.page.getByRole('button', { name: 'Add a user' }).click();
    const dialog = anna.page.getByRole('dialog');
    await dialog.getByLabel('User name').fill(BEN.name);
    await dialog.getByLabel('First password').fill(BEN.password);
    await dialog.getByRole('radio', { name: /officer/i }).check();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    ben = await openConsole(browser, agent.httpUrl, 'dark');
    await signIn(ben.page, BEN.name, BEN.password);
  });

  it('shows studies arriving while they are being sent', async () => {
    const { page } = anna;
    await goTo(page, 'Overview');
    expect(await received(page)).toBe(0);
    const seen = new Set<number>();
    const sending = sendFolder({
      host: '127.0.0.1',
      port: agent.dicomPort,
      calledAeTitle: 'GATEHOUSE',
      callingAeTitle: 'BROWSER_TEST',
      folder: join(folder, 'pacs'),
      associations: 1,
    });
    let done = false;
    void sending.finally(() => {
      done = true;
    });
    while (!done) {
      seen.add(await received(page));
      await page.waitForTimeout(100);
    }
    const { sent, failed } = await sending;
    expect(failed).toEqual([]);
    await expect.poll(() => received(page), { timeout: 30_000 }).toBe(sent);
    const partly = [...seen].filter((count) => count > 0 && count < sent);
    expect(partly.length, 'counts seen while the objects were on their way').toBeGreaterThanOrEqual(2);
    await page.getByText('Every object received is accounted for').waitFor({ timeout: 60_000 });
    await expect.poll(() => shown(page, 'Waiting'), { timeout: 60_000 }).toBe(0);
  }, 120_000);

  it('shows a study with its images and where each harmonised value came from', async () => {
    const { page } = anna;
    await goTo(page, 'Studies');
    await page.getByRole('link', { name: /^GH-/ }).first().click();
    await page.getByRole('heading', { level: 1, name: /^Study of GH-/ }).waitFor();
    const image = page.getByRole('img').first();
    await image.waitFor();
    await expect.poll(() => image.evaluate((node) => (node as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
    await page.getByText('Original and EUCAIM value').first().waitFor();
  });

  it('keeps the drafter from releasing, and lets a second person do it', async () => {
    const { page } = anna;
    await goTo(page, 'Datasets');
    await page.getByRole('link', { name: 'New dataset' }).first().click();
    await choose(page, 'Body part', /prostate/i);
    await page.getByLabel('Title').fill(TITLE);
    await page.getByLabel('Description').fill('Made by the browser test.');
    await choose(page, 'Condition', /^Prostate cancer/);
    await page.getByRole('combobox', { name: 'Keywords' }).fill('prostate');
    await page.getByRole('combobox', { name: 'Keywords' }).press('Enter');
    await page.getByLabel('Publisher').fill('Browser test hospital');
    await page.getByLabel('Contact e-mail').fill('imaging@hospital.example');
    await page.getByLabel('Provenance').fill('Invented patients.');
    await page.getByLabel('Where access is asked for').fill('https://negotiator.example/');
    await page.getByRole('button', { name: 'Draft the dataset' }).click();
    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    await settleFindings(page.url().replace(/.*\//u, ''));
    await advance(page, 'Check');
    const release = page.getByRole('button', { name: 'Release' });
    await release.waitFor();
    expect(await release.isDisabled()).toBe(true);
    await page
      .getByText(/second person/i)
      .first()
      .waitFor();

    await ben.page.goto(page.url());
    await ben.page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    await acknowledgeLowK(await clientOf(BEN), page.url().replace(/.*\//u, ''));
    await advance(ben.page, 'Release');
    await ben.page.getByRole('button', { name: 'Publish' }).waitFor();
    await page.getByRole('button', { name: 'Publish' }).waitFor();
    await advance(page, 'Publish');
  });

  it('shows the question of the hub and the exact answer that left', async () => {
    const ast = { operand: 'OR', children: [{ key: 'RID10311', type: 'EQUALS', system: '', value: 'RID10312' }] };
    const taskId = await hub.postSearch(ast, { ttl: '60s' });
    const [result] = await hub.results(taskId, { count: 1, waitTime: '20s' });
    const answer = result?.answer as { collections: { name: string; subjects_count: number }[] };
    expect(answer.collections.map(({ name, subjects_count: patients }) => [name, patients])).toEqual([[TITLE, 10]]);
    const { page } = anna;
    await goTo(page, 'Hub');
    await page.getByText('Modality is Magnetic resonance imaging').first().waitFor();
    const shown = page.locator('pre', { hasText: '"collections"' }).first();
    await shown.waitFor();
    expect(JSON.parse((await shown.textContent()) ?? '')).toEqual(answer);
  });

  it.each(['light', 'dark'] as const)(
    'has no serious accessibility violation on any page (%s)',
    async (scheme) => {
      const { page } = scheme === 'light' ? anna : ben;
      for (const screen of PAGES) {
        await goTo(page, screen);
        await settled(page);
        expect(await seriousViolations(page), screen).toEqual([]);
      }
      await goTo(page, 'Studies');
      await page.getByRole('link', { name: /^GH-/ }).first().click();
      await page.getByRole('heading', { level: 1, name: /^Study of GH-/ }).waitFor();
      await settled(page);
      expect(await seriousViolations(page), 'one study').toEqual([]);
      await goTo(page, 'Datasets');
      await page.getByRole('link', { name: TITLE }).first().click();
      await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
      await settled(page);
      expect(await seriousViolations(page), 'one dataset').toEqual([]);
    },
    120_000,
  );

  it('broke no rule of its content security policy and threw nothing', () => {
    expect([...anna.faults, ...ben.faults]).toEqual([]);
  });

  const clientOf = (user: typeof ANNA) => new ConsoleClient(agent.httpUrl).signIn(user.name, user.password);

  /** What `assessment.browser.test.ts` does on the screen: coarser values where they are needed, loose references accepted. */
  async function settleFindings(id: string): Promise<void> {
    const client = await clientOf(ANNA);
    const advanceTo = (to: string) =>
      client.call('advanceDataset', { params: { id }, body: { to, reason: 'To be checked on the screen.' } });
    await showCoarselyEnough(client, id);
    await acceptLooseReferences(client, id, () => advanceTo('checked'));
    await advanceTo('draft');
  }
});

const received = (page: Page): Promise<number> => shown(page, 'Received');

/** The number under a name on the overview. */
async function shown(page: Page, name: string): Promise<number> {
  const text = await page
    .getByRole('listitem')
    .filter({ hasText: new RegExp(`^${name}`) })
    .first()
    .textContent();
  return Number(/[\d,]+/.exec(text ?? '')?.[0].replaceAll(',', ''));
}

async function choose(page: Page, label: string, option: RegExp): Promise<void> {
  await page
    .getByRole('textbox', { name: label })
    .or(page.getByRole('combobox', { name: label }))
    .first()
    .click();
  await page.getByRole('option', { name: option }).first().click();
  await page.keyboard.press('Escape');
}

async function advance(page: Page, verb: string): Promise<void> {
  await page.getByRole('button', { name: verb, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}
