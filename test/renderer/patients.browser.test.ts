/** The vault in a real browser: a patient objects, and two persons identify one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { ACCOUNT_PASSWORD, createAccount, signedIn } from '../support/accounts.ts';
import { peer } from '../support/peers.ts';
import { type RunningAgent, startAgent } from '../support/running-agent.ts';
import { type ConsolePage, openConsole, seriousViolations, settled, signIn, startBrowser } from './console.ts';

describe.skipIf(!peer('chromium'))('the patients on the system page', () => {
  let folder: string;
  let agent: RunningAgent;
  let browser: Browser;
  let olga: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-patients-'));
    const dataFolder = join(folder, 'data');
    const foundation = openFoundation(dataFolder);
    foundation.identities.remember('GH-0000000000000001', { patientId: 'MRN-4711', name: 'Brandstetter^Ottilie' });
    foundation.close();
    await createAccount(dataFolder, 'olga', 'officer');
    await createAccount(dataFolder, 'vera', 'viewer');
    agent = await startAgent(dataFolder);
    browser = (await startBrowser()) as Browser;
    olga = await openConsole(browser, agent.httpUrl);
    await signIn(olga.page, 'olga', ACCOUNT_PASSWORD);
    await olga.page.goto(`${agent.httpUrl}system?tab=patients`);
    await settled(olga.page);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets an officer grant what another person asked, and shows the answer once', async () => {
    const { page } = olga;
    const vera = await signedIn(agent.httpUrl, 'vera');
    const body = { pseudonym: 'GH-0000000000000001', reason: 'An incidental finding' };
    const { id } = await vera.call('requestReidentification', { body });
    await page.getByText('An incidental finding').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Grant' }).click();
    await page.getByRole('button', { name: 'Show it once' }).click();
    await page.getByText('Patient ID MRN-4711, Brandstetter^Ottilie').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await settled(page);
    expect(await page.getByText('MRN-4711').count()).toBe(0);
    await expect(vera.call('showReidentification', { params: { id } })).rejects.toThrow('shown already');
  }, 60_000);

  it('withdraws a patient who objects, and keeps a row without the patient', async () => {
    const { page } = olga;
    await page.getByRole('button', { name: 'A patient objects' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Withdraw everything' }).click();
    await dialog.getByText('Enter the Patient ID.').waitFor();
    await dialog.getByLabel('Patient ID', { exact: true }).fill('MRN-4711');
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Withdraw everything' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('cell', { name: 'withdrawn', exact: true }).waitFor();
    expect(await page.getByText('MRN-4711').count()).toBe(0);
  }, 60_000);
});
