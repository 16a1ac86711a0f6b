/** Quality, privacy risk, gates and versions of a dataset, in a real browser: what a person sees and decides. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, numberElement } from '../../node-agent/dicom/element.ts';
import { ctElements, ENCODING, text, writeSource } from '../deidentify/fixtures.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { sendFolder } from '../support/pacs-simulator.ts';
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

const ANNA = { name: 'anna', password: 'anna has a long password' };
const BEN = { name: 'ben', password: 'ben has a long password too' };
const PATIENTS = 12;
const REASON = 'Test images of the same phantom.';
/** Where pictures of the pages go, to be looked at by a person. */
const PICTURES = process.env.GATEHOUSE_PICTURES;

/** A CT of each patient, of another age each; the first two show the same picture. */
async function writePatients(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (let number = 1; number <= PATIENTS; number += 1) {
    const own = join(folder, String(number));
    mkdirSync(own, { recursive: true });
    const shade = Math.max(2, number);
    const pixels = Uint8Array.from({ length: 128 }, (_, index) => (index % 2 === 0 ? index * shade : 0) & 0xff);
    const { source } = await writeSource(
      own,
      ctElements(
        text('PatientID', 'LO', `PAT-${number}`),
        text('PatientName', 'PN', `Invented^Number${number}`),
        text('PatientBirthDate', 'DA', `19${40 + number}0312`),
        text('AccessionNumber', 'SH', `ACC-${number}`),
        text('StudyInstanceUID', 'UI', `1.2.276.0.7230010.3.1.2.88.${number}`),
        text('SeriesInstanceUID', 'UI', `1.2.276.0.7230010.3.1.3.88.${number}`),
        text('SOPInstanceUID', 'UI', `1.2.276.0.7230010.3.1.4.88.${number}`),
        text('PhotometricInterpretation', 'CS', 'MONOCHROME2'),
        text('InstanceNumber', 'IS', '1'),
        numberElement(ENCODING, tagOf('SamplesPerPixel'), 'US', [1]),
        numberElement(ENCODING, tagOf('BitsStored'), 'US', [16]),
        numberElement(ENCODING, tagOf('HighBit'), 'US', [15]),
        numberElement(ENCODING, tagOf('PixelRepresentation'), 'US', [0]),
        bytesElement(tagOf('PixelData'), 'OW', pixels),
      ),
    );
    files.push(source);
  }
  return files;
}

describe.skipIf(!peer('chromium'))('the assessment of a dataset', () => {
  let folder: string;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;
  let client: ConsoleClient;
  let id: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-assessment-'));
    agent = await startAgent(join(folder, 'data'));
    const files = await writePatients(join(folder, 'pacs'));
    browser = (await startBrowser()) as Browser;
    anna = await openConsole(browser, agent.httpUrl);
    await createAdministrator(anna.page, ANNA.name, ANNA.password);
    client = await new ConsoleClient(agent.httpUrl).signIn(ANNA.name, ANNA.password);
    await client.call('addUser', { body: { ...BEN, role: 'officer' } });
    const to = { host: '127.0.0.1', port: agent.dicomPort, calledAeTitle: 'GATEHOUSE', callingAeTitle: 'CTWARD3' };
    expect((await sendFolder({ ...to, files })).failed).toEqual([]);
    while ((await client.call('getOverview')).counts.indexed < PATIENTS) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const { conditions } = await client.call('getFacets');
    const draft = await client.call('draftDataset', {
      body: {
        title: 'Chests of the browser test',
        description: 'Made by the browser test.',
        condition: conditions[0]?.code,
        query: {},
        publisher: 'Browser test hospital',
        contactEmail: 'imaging@hospital.example',
        keywords: ['breast'],
        provenance: 'Invented patients.',
        accessUrl: 'https://negotiator.example/',
      },
    });
    id = draft.id;
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function picture(page: Page, name: string): Promise<void> {
    if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  }

  it('shows what keeps it back, and lets a person put it right', { timeout: 240_000 }, async () => {
    const { page } = anna;
    page.setDefaultTimeout(60_000);
    await page.goto(`/datasets/${id}`);
    const risk = page.getByRole('region', { name: 'Privacy risk' });
    await risk.getByText('With k 1 this dataset cannot be released; it takes 3').waitFor();
    await settled(page);
    expect(await seriousViolations(page), 'a draft').toEqual([]);
    await picture(page, '1-draft');

    await risk.getByRole('button', { name: 'Choose these' }).click();
    const preview = risk.getByRole('region', { name: 'With these choices' });
    await preview.getByText('12', { exact: true }).first().waitFor();
    await settled(page);
    expect(await seriousViolations(page), 'a preview').toEqual([]);
    await picture(page, '2-preview');
    await risk.getByRole('button', { name: 'Use these choices' }).click();
    await risk.getByText('Every patient looks like 11 others at least.').waitFor();

    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Check' }).click();
    await page
      .getByRole('dialog')
      .getByText(/No image under two patients: 2 of \d+ do not pass/u)
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    const quality = page.getByRole('region', { name: 'Quality', exact: true });
    await quality.getByText('No image under two patients').waitFor();
    await settled(page);
    expect(await seriousViolations(page), 'findings').toEqual([]);
    await picture(page, '3-findings');

    await quality.getByRole('button', { name: 'Accept: No image under two patients' }).click();
    const dialog = page.getByRole('dialog');
    const accept = dialog.getByRole('button', { name: 'Accept', exact: true });
    expect(await accept.isDisabled(), 'without a reason').toBe(true);
    await dialog.getByLabel('Reason').fill(REASON);
    await accept.click();
    await quality.getByText(`Accepted by anna`).waitFor();
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await dialog.getByRole('button', { name: 'Check' }).click();
    await page.getByText('All 11 passed.').waitFor();
    await settled(page);
    expect(await seriousViolations(page), 'checked').toEqual([]);
    await picture(page, '4-checked');
    expect(anna.faults).toEqual([]);
  });

  it('goes on as a new version that says what changed', { timeout: 240_000 }, async () => {
    const { page } = anna;
    const ben = await new ConsoleClient(agent.httpUrl).signIn(BEN.name, BEN.password);
    await ben.call('advanceDataset', { params: { id }, body: { to: 'released' } });
    await ben.call('advanceDataset', { params: { id }, body: { to: 'published' } });
    await page.goto(`/datasets/${id}`);
    await page.getByText('All 12 passed.').waitFor();
    await page.getByRole('button', { name: 'Draft the next version' }).click();
    const version = page.getByRole('region', { name: 'Version 2' });
    await version.getByText('Before it').waitFor();
    await version.getByText('Unchanged').waitFor();
    await settled(page);
    expect(await seriousViolations(page), 'a new version').toEqual([]);
    await picture(page, '5-version');
    expect(anna.faults).toEqual([]);
  });
});
