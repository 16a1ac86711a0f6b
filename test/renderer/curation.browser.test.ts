/** Patterns of series in the console of a real agent: what the rules found, a decision, and taking it back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { buildSeriesDesk } from '../../node-agent/assembly/series-side.ts';
import { seriesEvidence } from '../../node-agent/harmonise/series/series-evidence.ts';
import { readSettings } from '../../node-agent/settings/settings.ts';
import { dataSetOf, description, fileOf } from '../catalogue/fixtures.ts';
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
const START_WITHIN_MS = 120_000;
const WITHIN_MS = 60_000;

describe.skipIf(!peer('chromium'))('curation in the console', () => {
  let folder: string;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-curation-'));
    const foundation = openFoundation(join(folder, 'data'));
    const desk = buildSeriesDesk(foundation, readSettings({}).values);
    const spinEcho = {
      ScanningSequence: 'SE',
      RepetitionTime: 4500,
      EchoTime: 100,
      FlipAngle: 90,
      Manufacturer: 'SIEMENS',
    };
    for (const [number, words] of ['t1_tse_tra', 't1_tse_tra', 'wunderbar'].entries()) {
      const object = description({
        seriesUid: `2.25.1.${number}`,
        instanceUid: `2.25.1.${number}.1`,
        seriesDescription: words,
      });
      foundation.catalogue.add(object, [], fileOf(object));
      const attributes = { Modality: 'MR', ImageType: 'ORIGINAL\\PRIMARY', SeriesDescription: words };
      desk.note(object, seriesEvidence(dataSetOf(number < 2 ? { ...attributes, ...spinEcho } : attributes)));
    }
    foundation.close();
    agent = await startAgent(join(folder, 'data'), ['store.reserveMegabytes=0']);
    browser = (await startBrowser()) as Browser;
    anna = await openConsole(browser, agent.httpUrl);
    await createAdministrator(anna.page, 'anna', 'anna has a long password');
  }, START_WITHIN_MS);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function screenshot(name: string): Promise<void> {
    await settled(anna.page);
    if (SCREENS) await anna.page.screenshot({ path: join(SCREENS, `${name}.png`) });
  }

  it('shows what the rules found and takes a decision, which can be taken back', { timeout: WITHIN_MS }, async () => {
    const { page, faults } = anna;
    await goTo(page, 'Curation');
    await page.getByText('Open (2)').waitFor();
    const card = page.getByRole('article', { name: /t1_tse_tra/ });
    await card.getByText('Spin echo with long echo and repetition times.').waitFor();
    await screenshot('curation-open');
    expect(await seriousViolations(page)).toEqual([]);
    await card.getByPlaceholder('Choose a concept').click();
    await page.getByRole('option', { name: 'T1 weighted', exact: true }).click();
    await card.getByRole('button', { name: 'Settle' }).click();
    await page.getByText('Settled (1)').click();
    await page.getByText(/Decided by anna/).waitFor();
    await screenshot('curation-settled');
    expect(await seriousViolations(page)).toEqual([]);
    await page.goto('/studies/2.25.1');
    await page.getByText('settled by anna').first().waitFor();
    await screenshot('curation-study');
    expect(await seriousViolations(page)).toEqual([]);
    await goTo(page, 'Curation');
    await page.getByText('Settled (1)').click();
    await page.getByRole('button', { name: /Take back/ }).click();
    await page.getByText('Open (2)').waitFor();
    expect(faults).toEqual([]);
  });
});
