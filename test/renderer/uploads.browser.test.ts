/** What comes in through the browser on a real agent: an uploaded ZIP archive, and a token for a program that stores. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zip } from '../intake/import/zip-writer.ts';
import { multipart, relatedType } from '../intake/stow/multipart-writer.ts';
import { dicomFile } from '../intake/stow/stow-rig.ts';
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

describe.skipIf(!peer('chromium'))('what comes in through the console', () => {
  let folder: string;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-uploads-'));
    agent = await startAgent(join(folder, 'data'), ['http.uploadMegabytes=30', 'store.reserveMegabytes=0']);
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

  it('takes a ZIP archive, shows how it goes, and says what became of it', async () => {
    const { page } = anna;
    const members = [1, 2, 3].map((number) => ({ name: `CD/IM${number}`, content: dicomFile(`1.2.${number}`) }));
    const archive = join(folder, 'cd.zip');
    const filler = { name: 'CD/README', content: Buffer.alloc(20_000_000, 'x'), stored: true };
    writeFileSync(archive, zip([...members, filler]));
    await page.getByRole('button', { name: 'Import files' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('tab', { name: 'Upload a ZIP archive' }).click();
    await screenshot('upload-choose');
    await dialog.locator('input[type=file]').setInputFiles(archive);
    expect(await seriousViolations(page)).toEqual([]);
    // Slow enough that the way of the archive can be seen.
    const session = await anna.context.newCDPSession(page);
    await session.send('Network.enable');
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 8_000_000 };
    await session.send('Network.emulateNetworkConditions', slow);
    await dialog.getByRole('button', { name: 'Upload and import' }).click();
    const bar = dialog.getByRole('progressbar', { name: 'Sent' });
    await bar.waitFor();
    await page.waitForFunction(
      () => Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) > 20,
    );
    await screenshot('upload-progress');
    expect(await seriousViolations(page)).toEqual([]);
    await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
    await dialog.getByText('4 files read: 3 accepted, 1 refused.').waitFor();
    await screenshot('upload-done');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('table', { name: 'Imports' }).getByText('4 files read: 3 accepted, 1 refused.').waitFor();
    await expect.poll(() => readdirSync(join(folder, 'data', 'uploads'))).toEqual([]);
  });

  it('says why an archive is not taken', async () => {
    const { page } = anna;
    const upload = async (name: string, content: Buffer) => {
      const file = join(folder, name);
      writeFileSync(file, content);
      await page.getByRole('button', { name: 'Import files' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('tab', { name: 'Upload a ZIP archive' }).click();
      await dialog.locator('input[type=file]').setInputFiles(file);
      await dialog.getByRole('button', { name: 'Upload and import' }).click();
      return dialog;
    };
    const wrong = await upload('scan.zip', Buffer.from('this is no archive'));
    await wrong.getByText('The file is no ZIP archive.').waitFor();
    await screenshot('upload-refused');
    await wrong.getByRole('button', { name: 'Cancel' }).click();
    await wrong.waitFor({ state: 'hidden' });
    const large = await upload('large.zip', Buffer.alloc(31_500_000));
    await large.getByText('An upload may have up to 30 MB').waitFor();
    await large.getByRole('button', { name: 'Cancel' }).click();
    await large.waitFor({ state: 'hidden' });
    expect(readdirSync(join(folder, 'data', 'uploads'))).toEqual([]);
  });

  it('makes a token that is shown once and lets a program store, until it is revoked', async () => {
    const { page } = anna;
    await goTo(page, 'System');
    await page.getByRole('tab', { name: 'API tokens' }).click();
    await page.getByText('No program may store over DICOMweb').waitFor();
    await screenshot('tokens-none');
    await page.getByRole('button', { name: 'Add a token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('CT archive');
    await screenshot('token-form');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    const text = (await dialog.locator('pre').textContent()) ?? '';
    await screenshot('token-shown');
    expect(await seriousViolations(page)).toEqual([]);
    const store = () =>
      fetch(new URL('dicom-web/studies', agent.httpUrl), {
        method: 'POST',
        headers: { authorization: `Bearer ${text}`, 'content-type': relatedType() },
        body: new Uint8Array(multipart([{ content: dicomFile('1.2.99') }])),
      });
    expect((await store()).status).toBe(200);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('cell', { name: 'CT archive', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('table', { name: 'API tokens' }).getByText('holds').waitFor();
    expect(await page.content()).not.toContain(text);
    await screenshot('tokens-list');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Revoke CT archive' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('table', { name: 'API tokens' }).getByText('revoked').waitFor();
    expect((await store()).status).toBe(401);
    expect(agent.log() + agent.output()).not.toContain(text.slice(-20));
  });

  it('shows the request of the program among the associations, and the conformance statement', async () => {
    const { page, context } = anna;
    await goTo(page, 'Receiver');
    await screenshot('receiver');
    const opening = context.waitForEvent('page');
    await page.getByRole('link', { name: 'Conformance statement' }).click();
    const statement = await opening;
    const faults: string[] = [];
    statement.on('console', (message) => void faults.push(message.text()));
    await statement.getByRole('heading', { name: /^DICOM Conformance Statement of Gatehouse/ }).waitFor();
    await statement.getByRole('heading', { name: '10 Storage over DICOMweb (STOW-RS)' }).waitFor();
    const border = await statement
      .locator('td')
      .first()
      .evaluate((cell) => getComputedStyle(cell).borderTopWidth);
    expect(border, 'the style sheet of the statement is let through').toBe('1px');
    if (SCREENS) await statement.screenshot({ path: join(SCREENS, 'statement.png') });
    await statement.close();
    await page.getByRole('tab', { name: 'Associations' }).click();
    await page.getByText('CT archive').first().waitFor();
    await screenshot('associations');
    expect(faults).toEqual([]);
    expect(anna.faults).toEqual([]);
  });
});
