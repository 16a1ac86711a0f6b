/** The Retrieve page on a real agent and a real PACS: entered, examined, asked, looked at, confirmed, fetched. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ctStudy,
  type DcmtkArchive,
  dcmtkArchivePrograms,
  PACS_AE_TITLE,
  STUDY_UID,
  startDcmqrscp,
} from '../intake/retrieve/dcmqrscp-archive.ts';
import { peer } from '../support/peers.ts';
import { type RunningAgent, startAgent } from '../support/running-agent.ts';
import {
  type ConsolePage,
  createAdministrator,
  goTo,
  openConsole,
  seriousViolations,
  settled,
  startBrowser,
} from './console.ts';

const SCREENS = process.env.SCREENS_FOLDER;

describe.skipIf(!peer('chromium') || !dcmtkArchivePrograms())('the Retrieve page', () => {
  let folder: string;
  let agent: RunningAgent;
  let pacs: DcmtkArchive;
  let browser: Browser;
  let anna: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-retrieve-'));
    agent = await startAgent(join(folder, 'data'));
    const files = await ctStudy(folder, 5);
    pacs = await startDcmqrscp({ folder, files, knows: ['GATEHOUSE', agent.dicomPort] });
    browser = (await startBrowser()) as Browser;
    anna = await openConsole(browser, agent.httpUrl);
    await createAdministrator(anna.page, 'anna', 'anna has a long password');
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await pacs?.kill();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** In the usual window, a narrow one and the dark colours, where somebody wants to look. */
  async function screen(name: string): Promise<void> {
    if (!SCREENS) return;
    const { page } = anna;
    for (const [kind, width, height] of [
      ['wide', 1280, 800],
      ['narrow', 720, 900],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: join(SCREENS, `${name}-${kind}.png`) });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  }

  it('says what is missing, takes a PACS, and looks at the connection to it', async () => {
    const { page } = anna;
    await goTo(page, 'Retrieve');
    await page.getByText('Nothing was asked for yet').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await screen('empty');
    await page.getByRole('button', { name: 'Enter a PACS first' }).click();
    await page.getByRole('button', { name: 'Add a PACS' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('Main PACS');
    await form.getByLabel('Its AE title').fill(PACS_AE_TITLE);
    await form.getByLabel('Host').fill('127.0.0.1');
    await form.getByLabel('Port').fill(String(pacs.port));
    await form.getByLabel('Windows in which').fill('at night');
    await form.getByRole('button', { name: 'Save and examine' }).click();
    await form.getByText('Window 1 is not a cron expression').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await screen('form');
    await form.getByLabel('Windows in which').fill('* * * * *');
    await form.getByRole('button', { name: 'Save and examine' }).click();
    const doctor = page.getByRole('dialog', { name: 'The connection to Main PACS' });
    await doctor.getByText('C-MOVE is offered').waitFor();
    await doctor.getByText('no DICOM query tells the clock').waitFor();
    await settled(page);
    expect(await seriousViolations(page)).toEqual([]);
    await screen('doctor');
    await doctor.getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByText('open now').waitFor();
    await screen('archives');
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);

  it('names the bad lines of a list, and shows what a good one matches before anything moves', async () => {
    const { page } = anna;
    await page.getByRole('button', { name: 'New request' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Give a list (CSV)').click();
    const list = join(folder, 'list.csv');
    writeFileSync(list, `study uid\n${STUDY_UID}\nno UID\n2.25.99\n`);
    await page.locator('input[type=file]').setInputFiles(list);
    await dialog.getByText('list.csv is read').waitFor();
    await dialog.getByRole('button', { name: 'See what matches' }).click();
    await dialog.getByText('Line 3: The study UID is not a UID').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await screen('list');
    await dialog.getByLabel('Lines of the list').fill(`study uid\n${STUDY_UID}\n2.25.99\n`);
    await dialog.getByRole('button', { name: 'See what matches' }).click();
    await page.getByText('Nothing has moved yet').waitFor();
    await page.getByText('Entry 2').waitFor();
    const table = page.getByRole('table', { name: 'Studies of the request' });
    await table.getByText('found').waitFor();
    expect(await page.getByText(STUDY_UID).count()).toBe(0);
    await page.getByRole('button', { name: 'Show patient IDs' }).click();
    await table.getByRole('columnheader', { name: 'Accession number' }).waitFor();
    await settled(page);
    expect(await seriousViolations(page)).toEqual([]);
    await screen('preview');
    await goTo(page, 'Overview');
    await expect.poll(() => pacs.log().includes('Received Move SCP')).toBe(false);
  }, 60_000);

  it('fetches what is confirmed, and says when it is complete', async () => {
    const { page } = anna;
    await goTo(page, 'Retrieve');
    await page.getByText('to be confirmed').waitFor();
    await screen('requests');
    await page.getByRole('table', { name: 'Requests, newest first' }).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Fetch 1 study' }).click();
    const confirm = page.getByRole('dialog', { name: 'Fetch 1 study?' });
    await confirm.waitFor();
    await screen('confirm');
    await confirm.getByRole('button', { name: 'Fetch', exact: true }).click();
    const table = page.getByRole('table', { name: 'Studies of the request' });
    await table.getByText('complete', { exact: true }).waitFor({ timeout: 30_000 });
    await table.getByText('5 of 5').waitFor();
    await settled(page);
    await screen('complete');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await seriousViolations(page)).toEqual([]);
    await screen('complete-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);

  it('says what went wrong when the PACS is away, and is paused and resumed', async () => {
    const { page } = anna;
    await pacs.kill();
    await goTo(page, 'Retrieve');
    await page.getByRole('button', { name: 'New request' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Accession numbers').fill('A-1\nA-2');
    await dialog.getByText('2 entries').waitFor();
    await screen('ask');
    await dialog.getByRole('button', { name: 'See what matches' }).click();
    await page.getByText('The studies could not be counted').waitFor();
    await page.getByText('Nothing listens at the host and port').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await screen('failed');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('discarded').waitFor();
    await goTo(page, 'Retrieve');
    await page.getByRole('button', { name: 'Pause fetching' }).click();
    await page.getByText('Fetching is paused').waitFor();
    await screen('paused');
    await page.getByRole('button', { name: 'Resume fetching' }).click();
    await page.getByText('Fetching is paused').waitFor({ state: 'hidden' });
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);

  it('broke no rule of its content security policy and threw nothing', () => {
    expect(anna.faults).toEqual([]);
  });
});
