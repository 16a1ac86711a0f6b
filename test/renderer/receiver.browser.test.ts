/** The Receiver page on a real agent: an unknown sender knocks, is allowed, is edited, and the receiver is paused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { associateRequest, RawPeer } from '../intake/receiver/raw-peer.ts';
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

describe.skipIf(!peer('chromium'))('the Receiver page', () => {
  let folder: string;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-receiver-'));
    agent = await startAgent(join(folder, 'data'));
    browser = (await startBrowser()) as Browser;
    anna = await openConsole(browser, agent.httpUrl);
    await createAdministrator(anna.page, 'anna', 'anna has a long password');
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @returns the type of the answer, and result/source/reason where it is a rejection */
  async function ask(): Promise<string> {
    const sender = await RawPeer.connect(agent.dicomPort, '127.0.0.2');
    sender.send(associateRequest({ calling: 'MR2' }));
    const unit = await sender.unit();
    sender.socket.end();
    return unit?.type === 2 ? 'accepted' : [...(unit?.body.subarray(1) ?? [])].join('/');
  }

  it('lets the administrator take this computer off the list and add a narrower peer', async () => {
    const { page } = anna;
    await goTo(page, 'Receiver');
    await page.getByRole('button', { name: 'Remove This computer' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nobody may send').waitFor();
    await page.getByRole('button', { name: 'Add a peer' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('CT 1');
    await dialog.getByLabel('Its AE title').fill('CT1');
    await dialog.getByLabel('Address').fill('10.1.2.3/8');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('is an address inside a network').waitFor();
    await dialog.getByLabel('Address').fill('127.0.0.9');
    if (SCREENS) await page.screenshot({ path: join(SCREENS, 'form.png') });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('cell', { name: '127.0.0.9' }).waitFor();
    expect(await ask()).toBe('1/1/3');
  });

  it('shows who knocked, and lets it in with one click', async () => {
    const { page } = anna;
    const allow = page.getByRole('button', { name: 'Allow MR2 from 127.0.0.2' });
    await allow.waitFor();
    if (SCREENS) await page.screenshot({ path: join(SCREENS, 'knock-light.png') });
    await allow.click();
    await page.getByRole('button', { name: 'Edit MR2 127.0.0.2' }).waitFor();
    expect(await ask()).toBe('accepted');
  });

  it('pauses and resumes, and says who paused', async () => {
    const { page } = anna;
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused by anna').waitFor();
    expect(await ask()).toBe('2/3/1');
    await page.emulateMedia({ colorScheme: 'dark' });
    if (SCREENS) await page.screenshot({ path: join(SCREENS, 'paused-dark.png') });
    expect(await seriousViolations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Paused by anna').waitFor({ state: 'hidden' });
    expect(await ask()).toBe('accepted');
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('lists every association, and shows what one offered and got', async () => {
    const { page } = anna;
    await page.getByRole('tab', { name: 'Associations' }).click();
    const table = page.getByRole('table', { name: 'Associations, newest first' });
    await expect.poll(() => table.getByText(/rejected: the receiver is paused by anna/).count()).toBe(1);
    await settled(page);
    expect(await seriousViolations(page)).toEqual([]);
    if (SCREENS) await page.screenshot({ path: join(SCREENS, 'associations.png') });
    await table.getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: 'Association' }).waitFor();
    await page.getByText('CT Image Storage').waitFor();
    await settled(page);
    expect(await seriousViolations(page)).toEqual([]);
    if (SCREENS) await page.screenshot({ path: join(SCREENS, 'association.png') });
  });

  it('broke no rule of its content security policy and threw nothing', () => {
    expect(anna.faults).toEqual([]);
  });
});
