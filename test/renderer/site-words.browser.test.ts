/** Words of the site in the console of a real agent: shown on demand, approved, refused and revoked by an administrator. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe.skipIf(!peer('chromium'))('words of the site in the console', () => {
  let folder: string;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-site-words-'));
    const foundation = openFoundation(join(folder, 'data'));
    const unknown = ['ZZPROT7', 'Zzsequenz', 'Gibberish'].map((word) => {
      return { word, folded: word.toLowerCase(), attribute: 'ProtocolName' };
    });
    for (const patientKey of ['a', 'b', 'c'])
      foundation.siteWords.note([{ patientKey, unknown, identifying: ['kirchgruber'] }]);
    foundation.close();
    agent = await startAgent(join(folder, 'data'), ['store.reserveMegabytes=0']);
    browser = (await startBrowser()) as Browser;
    anna = await openConsole(browser, agent.httpUrl);
    await createAdministrator(anna.page, 'anna', 'anna has a long password');
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function screenshot(name: string): Promise<void> {
    await settled(anna.page);
    if (SCREENS) await anna.page.screenshot({ path: join(SCREENS, `${name}.png`) });
  }

  it('shows no word before it is asked to, and keeps what was decided', async () => {
    const { page, faults } = anna;
    await goTo(page, 'System');
    await page.getByRole('tab', { name: 'De-identification profile' }).click();
    await page.getByText('Proposed (3)').waitFor();
    await screenshot('site-words-hidden');
    expect(await page.getByText('ZZPROT7').count()).toBe(0);
    const hash = () => page.getByText(/^[0-9a-f]{64}$/).textContent();
    const before = await hash();
    await page.getByRole('button', { name: 'Show the words' }).click();
    const table = page.getByRole('table', { name: 'Proposed words' });
    await table.getByText('ZZPROT7').waitFor();
    await screenshot('site-words-proposed');
    expect(await seriousViolations(page)).toEqual([]);

    await table.getByRole('button', { name: 'approve ZZPROT7' }).click();
    await page.getByText('Approved (1)').waitFor();
    await table.getByRole('button', { name: 'refuse Gibberish' }).click();
    await page.getByText('Refused (1)').waitFor();
    expect(await table.getByRole('row').count()).toBe(2);
    await expect.poll(hash).not.toBe(before);

    await page.getByText('Approved (1)').click();
    await page.getByRole('button', { name: 'Show the words' }).click();
    const approved = page.getByRole('table', { name: 'Approved words' });
    await approved.getByText('ZZPROT7').waitFor();
    await screenshot('site-words-approved');
    expect(await seriousViolations(page)).toEqual([]);
    await approved.getByRole('button', { name: 'revoke ZZPROT7' }).click();
    await page.getByText('No word is approved').waitFor();
    await page.getByText('Proposed (2)').waitFor();
    await screenshot('site-words-revoked');
    await expect.poll(hash).toBe(before);
    expect(faults).toEqual([]);
  });
});
