/** Searching, saved queries and exports in the console of a real agent. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import type { IndexedValue } from '../../node-agent/catalogue/catalogue-writer.ts';
import { fileOf, THREE_PATIENTS, valuesOf } from '../catalogue/fixtures.ts';
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
const PATIENCE = 240_000;

describe.skipIf(!peer('chromium'))('searching in the console', () => {
  let folder: string;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-search-'));
    const foundation = openFoundation(join(folder, 'data'));
    for (const object of THREE_PATIENTS) {
      const original = object.modality === 'CT' ? 'axial' : 'sagittal';
      const plane: IndexedValue = {
        ...{
          entity: 'series',
          attribute: 'plane',
          original,
          code: null,
          label: null,
          rule: 'exact',
          tableVersion: '1',
        },
      };
      foundation.catalogue.add(object, [...valuesOf(object), plane], fileOf(object));
    }
    foundation.close();
    agent = await startAgent(join(folder, 'data'), ['store.reserveMegabytes=0']);
    browser = (await startBrowser()) as Browser;
    anna = await openConsole(browser, agent.httpUrl);
    anna.page.setDefaultTimeout(60_000);
    await createAdministrator(anna.page, 'anna', 'anna has a long password');
  }, PATIENCE);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, PATIENCE);

  async function screenshot(name: string): Promise<void> {
    await settled(anna.page);
    if (SCREENS) await anna.page.screenshot({ path: join(SCREENS, `${name}.png`) });
  }

  it(
    'narrows by words, ages and attributes, saves it under a name, opens it again, and makes a dataset of it',
    async () => {
      const { page, faults } = anna;
      await goTo(page, 'Studies');
      await page.getByText('3 studies, de-identified').waitFor();
      await page.getByRole('searchbox', { name: 'Search studies' }).fill('lung');
      await page.getByText('2 studies match').waitFor();
      await page.getByRole('button', { name: 'More filters' }).click();
      await page.getByRole('textbox', { name: 'Age from' }).fill('65');
      await page.getByRole('combobox', { name: 'Plane' }).click();
      await page.getByRole('option', { name: /^axial/ }).click();
      // Leaving the field closes its list.
      await page.keyboard.press('Tab');
      await screenshot('search-more-filters');
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Show studies' }).click();
      await page.getByText('1 study matches').waitFor();

      await page.getByRole('button', { name: 'Saved queries' }).click();
      await page.getByRole('menuitem', { name: 'Save these filters' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('Lung, older');
      await screenshot('search-save');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Saved as Lung, older.').waitFor();

      await page.getByRole('button', { name: 'Clear', exact: true }).click();
      await page.getByText('3 studies, de-identified').waitFor();
      await page.getByRole('button', { name: 'Saved queries' }).click();
      await page.getByRole('menuitem', { name: 'Open a saved query' }).click();
      await page.getByRole('button', { name: 'Lung, older', exact: true }).waitFor();
      await screenshot('search-saved');
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Lung, older', exact: true }).click();
      await page.getByText('1 study matches').waitFor();
      expect(await page.getByRole('searchbox', { name: 'Search studies' }).inputValue()).toBe('lung');
      await screenshot('search-studies');

      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: 'Series as CSV' }).click();
      expect((await download).suggestedFilename()).toBe('series.csv');

      await page.getByRole('button', { name: 'Make a dataset' }).click();
      await page.getByText(/^All studies with plane axial, age from 65,? and the text “lung”\.$/).waitFor();
      await screenshot('search-dataset');
      expect(faults).toEqual([]);
    },
    PATIENCE,
  );
});
