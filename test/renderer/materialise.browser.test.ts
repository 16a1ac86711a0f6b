/** A dataset written into a folder, in a real browser: where to, progress, what is missing, and what came before. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { addClinical, almostCompleteRows, fill, publish } from '../materialise/rig.ts';
import { peer } from '../support/peers.ts';
import { type RunningAgent, startAgent } from '../support/running-agent.ts';
import {
  type ConsolePage,
  createAdministrator,
  openConsole,
  seriousViolations,
  settled,
  startBrowser,
} from './console.ts';

describe.skipIf(!peer('chromium'))('a dataset that is written into a folder', () => {
  let folder: string;
  let id: string;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-materialise-'));
    mkdirSync(join(folder, 'out'));
    const foundation = openFoundation(join(folder, 'data'));
    fill(foundation);
    addClinical(foundation, almostCompleteRows());
    id = await publish(foundation);
    foundation.close();
    agent = await startAgent(join(folder, 'data'), ['store.reserveMegabytes=0']);
    browser = (await startBrowser()) as Browser;
    anna = await openConsole(browser, agent.httpUrl);
    await createAdministrator(anna.page, 'anna-3', 'anna has a long password');
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is asked for with folder and layout, and shows what is missing by name', { timeout: 120_000 }, async () => {
    const { page } = anna;
    page.setDefaultTimeout(40_000);
    await page.goto(`/datasets/${id}`);
    await page.getByText('Not written anywhere yet.').waitFor();
    await page.getByRole('button', { name: 'Write to a folder' }).click();
    const dialog = page.getByRole('dialog');
    const write = dialog.getByRole('button', { name: 'Write the dataset' });
    expect(await write.isDisabled(), 'without a folder').toBe(true);
    await dialog.getByLabel('BIDS and MIDS').check();
    await dialog.getByLabel('Recipe').fill('{');
    await dialog.getByText('This is not JSON.').waitFor();
    await dialog.getByLabel('EUCAIM common file structure').check();
    await dialog.getByLabel('Folder').fill(join(folder, 'data', 'objects'));
    await write.click();
    await dialog.getByText('The folder lies in the data folder of the node').waitFor();
    await settled(page);
    expect(await seriousViolations(page), 'the dialog').toEqual([]);
    await dialog.getByLabel('Folder').fill(join(folder, 'out'));
    await write.click();
    await page.getByText('read back equal').waitFor();
    expect(readdirSync(join(folder, 'out'))).toEqual([id]);
    await page.getByText('2 values missing or refused').click();
    await page.getByText('patient.patient_diagnostic_category').waitFor();
    await settled(page);
    expect(await seriousViolations(page), 'written').toEqual([]);
    if (process.env.GATEHOUSE_SCREENSHOTS) {
      await page.screenshot({ path: join(process.env.GATEHOUSE_SCREENSHOTS, 'materialise.png'), fullPage: true });
    }
    expect(anna.faults).toEqual([]);
  });
});
