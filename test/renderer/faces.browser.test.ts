/** Volumes that may show a face, in a real browser: what the gate says, and how a person answers for them. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FEWEST_SLICES_OF_A_FACE as FEWEST_SLICES } from '../../node-agent/catalogue/face-volume.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { numberElement } from '../../node-agent/dicom/element.ts';
import { ctElements, ENCODING, text, writeSource } from '../deidentify/fixtures.ts';
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
const TITLE = 'Heads of the browser test';
const REASON = 'Recipients sign that they identify nobody.';

/** One CT volume of a head, just long enough. */
async function writeHead(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (let number = 1; number <= FEWEST_SLICES; number += 1) {
    const own = join(folder, String(number));
    mkdirSync(own, { recursive: true });
    const { source } = await writeSource(
      own,
      ctElements(
        text('SOPInstanceUID', 'UI', `1.2.276.0.7230010.3.1.4.77.${number}`),
        text('PhotometricInterpretation', 'CS', 'MONOCHROME2'),
        text('BodyPartExamined', 'CS', 'HEAD'),
        text('InstanceNumber', 'IS', String(number)),
        numberElement(ENCODING, tagOf('SamplesPerPixel'), 'US', [1]),
        numberElement(ENCODING, tagOf('BitsStored'), 'US', [16]),
        numberElement(ENCODING, tagOf('HighBit'), 'US', [15]),
        numberElement(ENCODING, tagOf('PixelRepresentation'), 'US', [0]),
      ),
    );
    files.push(source);
  }
  return files;
}

describe.skipIf(!peer('chromium'))('volumes that may show a face', () => {
  let folder: string;
  let agent: RunningAgent;
  let browser: Browser;
  let anna: ConsolePage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-faces-'));
    agent = await startAgent(join(folder, 'data'));
    const heads = await writeHead(join(folder, 'pacs'));
    browser = (await startBrowser()) as Browser;
    anna = await openConsole(browser, agent.httpUrl, 'dark');
    await createAdministrator(anna.page, ANNA.name, ANNA.password);
    const { failed } = await sendFolder({
      host: '127.0.0.1',
      port: agent.dicomPort,
      calledAeTitle: 'GATEHOUSE',
      callingAeTitle: 'CTWARD3',
      files: heads,
    });
    expect(failed).toEqual([]);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('stop the check, and are accepted by name and with a reason', { timeout: 60_000 }, async () => {
    const { page } = anna;
    const indexed = async () => {
      const { counts } = (await (await page.request.get('/api/v1/overview')).json()) as { counts: { indexed: number } };
      return counts.indexed;
    };
    await expect.poll(indexed, { timeout: 20_000 }).toBe(FEWEST_SLICES);
    const fields = {
      title: TITLE,
      description: 'Made by the browser test.',
      condition: await firstCondition(),
      query: {},
      publisher: 'Browser test hospital',
      contactEmail: 'imaging@hospital.example',
      keywords: [],
      provenance: 'Invented patients.',
      accessUrl: 'https://negotiator.example/',
    };
    const id = await page.evaluate(async (body) => {
      const answer = await fetch('/api/v1/datasets', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return ((await answer.json()) as { id: string }).id;
    }, fields);
    await page.goto(`/datasets/${id}`);
    await page.getByText('From 1 volume of the head or neck a face could be rebuilt.').waitFor();
    await settled(page);
    expect(await seriousViolations(page), 'undecided').toEqual([]);
    await page.getByRole('button', { name: 'Accept the faces' }).click();
    const dialog = page.getByRole('dialog');
    const accept = dialog.getByRole('button', { name: 'Accept the faces' });
    expect(await accept.isDisabled(), 'without a reason').toBe(true);
    await settled(page);
    expect(await seriousViolations(page), 'the dialog').toEqual([]);
    await dialog.getByLabel('Reason').fill(REASON);
    await accept.click();
    await page.getByText('1 volume accepted with a reason.').waitFor();
    await page.getByText(`1 series with a face accepted: ${REASON}`).waitFor();
    expect(anna.faults).toEqual([]);
  });

  async function firstCondition(): Promise<string> {
    const facets = await (await anna.page.request.get('/api/v1/facets')).json();
    return (facets as { conditions: { code: string }[] }).conditions[0]?.code ?? '';
  }
});
