/** Vocabularies in the console of a real agent: looked at, imported after a preview, refused with lines, restored, looked up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe.skipIf(!peer('chromium'))('vocabularies in the console', () => {
  let folder: string;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-vocabularies-'));
    agent = await startAgent(join(folder, 'data'), ['store.reserveMegabytes=0']);
    browser = (await startBrowser()) as Browser;
    anna = await openConsole(browser, agent.httpUrl);
    await createAdministrator(anna.page, 'anna', 'anna has a long password');
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function screenshot(name: string): Promise<void> {
    await settled(anna.page);
    if (SCREENS) await anna.page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true });
  }

  it('show what is in use, take a table after a preview, and bring the one of the release back', {
    timeout: 120_000,
  }, async () => {
    const { page, faults } = anna;
    await goTo(page, 'System');
    await page.getByRole('tab', { name: 'Vocabularies' }).click();
    const tables = page.getByRole('table', { name: 'Tables in use' });
    await tables.getByText('hyper-ontology', { exact: true }).waitFor();
    await screenshot('vocabularies');
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Import a table' }).click();
    const choose = async (text: string) => {
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
      await page.getByRole('button', { name: 'Show what would change' }).click();
    };
    await choose('# table: manufacturer\ncode,spelling\nIMG1,Acme\nIMG1000044,Philips\n');
    await page.getByText('The table is not taken: 2 problems').waitFor();
    await screenshot('vocabularies-refused');
    expect(await page.getByRole('button', { name: 'Put into use' }).isDisabled()).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);

    await choose('# table: manufacturer\n# version: site-1\ncode,spelling\nIMG1000044,Acme Magnetom\n');
    await page.getByText(/manufacturer site-1 would replace .*: 0 added, 1 changed, 0 removed/u).waitFor();
    await screenshot('vocabularies-preview');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Put into use' }).click();
    await tables.getByText('site-1').waitFor();
    await page.getByRole('button', { name: 'Restore manufacturer of the release' }).click();
    await tables.getByText('site-1').waitFor({ state: 'detached' });

    await page.getByLabel('Code or label').fill('COM1000180');
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByText('COM1001366').waitFor();
    await screenshot('vocabularies-code');
    expect(await seriousViolations(page)).toEqual([]);
    expect(faults).toEqual([]);
  });
});
