/** Clinical data in the console of a real agent: a file is read, its mapping looked at, checked, imported and taken back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
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
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const LINES = [
  'Patienten-ID;Name;Geschlecht;Population;ICD10;Diagnosedatum;Geburtsdatum;Therapie;Therapiebeginn',
  ...['MRN-1', 'MRN-2', 'MRN-3', 'MRN-4'].map(
    (id, index) => `${id};Zwetschgenberg ${index};weibl.;Fall;C50.1;0${index + 1}.03.2021;12.03.1958;OP;01.05.2021`,
  ),
];

describe.skipIf(!peer('chromium'))('clinical data in the console', () => {
  let folder: string;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-clinical-'));
    const foundation = openFoundation(join(folder, 'data'));
    const { pseudonymiser } = foundation.keyring.current;
    for (const patientId of ['MRN-1', 'MRN-2', 'MRN-3'])
      foundation.identities.remember(pseudonymiser.patientPseudonym({ patientId }), { patientId });
    foundation.close();
    agent = await startAgent(join(folder, 'data'), ['store.reserveMegabytes=0']);
    browser = (await startBrowser()) as Browser;
    anna = await openConsole(browser, agent.httpUrl);
    anna.page.setDefaultTimeout(60_000);
    await createAdministrator(anna.page, 'anna', 'anna has a long password');
  });

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function look(name: string): Promise<void> {
    await settled(anna.page);
    if (SCREENS) await anna.page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true });
    expect(await seriousViolations(anna.page)).toEqual([]);
  }

  it('takes a person from the file over the mapping to the import, and names what is wrong by its place', async () => {
    const { page, faults } = anna;
    await goTo(page, 'Clinical data');
    await look('clinical-empty');
    const chooser = page.waitForEvent('filechooser');
    await page
      .getByRole('button', { name: 'Choose a file' })
      .or(page.getByLabel('File', { exact: true }))
      .first()
      .click();
    await (await chooser).setFiles({
      name: 'registry.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(LINES.join('\r\n')),
    });
    await page.getByRole('button', { name: 'Read the file' }).click();
    await page.getByRole('heading', { name: 'What the columns become' }).waitFor();
    expect(await page.getByText(/Zwetschgenberg|MRN-1/u).count()).toBe(0);
    await look('clinical-mapping');

    // "weibl." is a word no list knows: the person says what it means.
    await page.getByRole('combobox', { name: 'weibl.' }).click();
    await page.getByRole('option', { name: /^Female/u }).click();
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('Nothing would be imported').waitFor();
    await page.getByText('line 5, column "Patienten-ID"').waitFor();
    await look('clinical-report');

    await page.getByLabel('Import the valid rows only').check();
    await page.getByLabel('Save the mapping as').fill('registry');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('All of this can be imported').waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('heading', { name: 'What was imported' }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    const imports = page.getByRole('table', { name: 'Clinical imports' });
    await imports.getByText('registry v1').waitFor();
    await look('clinical-imported');
    expect(faults).toEqual([]);
  });

  it('takes an import back when asked twice', async () => {
    const { page } = anna;
    await page.getByRole('button', { name: 'Withdraw import 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.getByRole('table', { name: 'Clinical imports' }).getByText('withdrawn').waitFor();
    await look('clinical-withdrawn');
  });
});
