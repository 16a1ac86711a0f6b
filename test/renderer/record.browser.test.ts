/** The form of the catalogue record in a real browser: what is missing leads to its place, and answering it completes the record. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiRig, PASSWORD } from '../api/rig.ts';
import { seedPatients } from '../catalogue/record/rig.ts';
import { peer } from '../support/peers.ts';
import { openConsole, seriousViolations, settled, signIn, startBrowser } from './console.ts';

const CONSOLE = resolve(import.meta.dirname, '../../renderer/dist');
const SHOTS = process.env.GATEHOUSE_TEST_SHOTS;

describe.skipIf(!peer('chromium') || !existsSync(CONSOLE))('the form of the catalogue record', () => {
  it('leads from what is missing to its answer, for a dataset and for the site', { timeout: 300_000 }, async () => {
    const rig = await apiRig({ consoleFolder: CONSOLE });
    seedPatients(rig.foundation);
    const anna = await rig.signedIn('anna', 'administrator');
    const draft = await anna.call('draftDataset', {
      body: {
        title: 'Breast MR of routine care',
        description: 'Breast MR of routine care in one hospital.',
        condition: 'CLIN1000075',
        query: {},
        publisher: 'St. Anna Hospital',
        contactEmail: 'imaging@hospital.example',
        provenance: 'Routine care.',
        accessUrl: 'https://negotiator.example/',
      },
    });
    const browser = await startBrowser();
    if (browser === undefined) throw new Error('There is no browser.');
    try {
      const { page, faults } = await openConsole(browser, rig.url);
      page.setDefaultTimeout(45_000);
      await signIn(page, 'anna', PASSWORD);
      await page.goto(`/datasets/${draft.id}`);
      await page.getByText('1 thing still missing').waitFor();
      await page.getByRole('link', { name: 'Open the form' }).click();
      await page.getByRole('heading', { name: 'Catalogue record', level: 1 }).waitFor();
      const missing = page.getByRole('button', { name: /^Keyword \(dcat:keyword\) of the dataset is missing/ });
      await missing.waitFor();
      await settled(page);
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/record-top.png` });
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/record-all.png`, fullPage: true });
      expect(await seriousViolations(page)).toEqual([]);
      // computed values are read, not typed, with where they come from
      const patients = page.getByRole('group', { name: 'Number of patients' });
      expect(await patients.textContent()).toMatch(/50.*Computed\. Counted in the index; rounded or held back/s);
      expect(await patients.getByRole('textbox').count()).toBe(0);

      await missing.click();
      const keyword = page.getByRole('textbox', { name: 'Keyword', exact: true });
      expect(await keyword.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
      await keyword.fill('breast');
      await page.getByRole('button', { name: 'Save the record' }).click();
      await page.getByText('Nothing: the record passes the shapes of the profile.', { exact: false }).waitFor();

      await page.goto('/datasets/site-record');
      await page.getByRole('heading', { name: 'Records of this site', level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Answer: health data access body' }).click();
      const body = page.getByRole('group', { name: 'Name, Health data access body' });
      await body.getByRole('textbox').fill('National access body');
      await page.getByRole('button', { name: 'Answer: contact point' }).last().click();
      await settled(page);
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/record-site.png`, fullPage: true });
      expect(await seriousViolations(page)).toEqual([]);
      await page
        .getByRole('group', { name: /^E-mail, Contact point, Health/ })
        .getByRole('textbox')
        .fill('access@body.example');
      await page.getByRole('button', { name: 'Save for the site' }).click();
      await page.getByText('Saved by anna', { exact: false }).waitFor();

      const { turtle, findings } = await anna.call('getRecord', { params: { id: draft.id } });
      expect(findings).toEqual([]);
      expect(turtle).toContain('foaf:name "National access body"@en');
      expect(turtle).toContain('dcat:keyword "breast"@en');
      expect(faults).toEqual([]);
      if (SHOTS) {
        await page.goto(`/datasets/${draft.id}`);
        await page.getByText('Complete. It is marked as a draft').waitFor();
        await settled(page);
        await page.screenshot({ path: `${SHOTS}/dataset.png`, fullPage: true });
      }
    } finally {
      await browser.close();
    }
  });
});
