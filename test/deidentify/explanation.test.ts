import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ExplainedElement } from '../../node-agent/deidentify/explanation.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { ProfileComparison } from '../../node-agent/deidentify/profile-comparison.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { makeDataSet, sequenceElement } from '../../node-agent/dicom/element.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ctElements, ENCODING, engine, PSEUDONYMISER, siteProfile, text, writeSource } from './fixtures.ts';

const REFERENCE = sequenceElement(tagOf('ReferencedImageSequence'), [
  makeDataSet(ENCODING, [text('ReferencedSOPInstanceUID', 'UI', '1.2.3.4.5.6')]),
]);

async function explained(by = engine()) {
  const folder = temporaryFolder();
  const { source } = await writeSource(folder, ctElements(REFERENCE, text('StationName', 'SH', 'CT-ROOM-3')));
  const before = readdirSync(folder);
  const explanation = await by.explain(source, { temporaryFolder: folder });
  expect(readdirSync(folder)).toEqual(before);
  return explanation;
}

function at(elements: readonly ExplainedElement[], path: string): ExplainedElement | undefined {
  return elements.find((element) => element.path === path);
}

describe('an explanation', () => {
  it('gives for every attribute what stood there, what will, the rule, the section and the layer that won', async () => {
    const { elements, profile, profileHash, refusal } = await explained();
    expect({ profile, refusal }).toEqual({ profile: 'eucaim', refusal: undefined });
    expect(profileHash).toMatch(/^[0-9a-f]{64}$/);
    expect(at(elements, '(0008,0050)')).toMatchObject({
      name: 'Accession Number',
      action: 'empty',
      layer: 'basic profile',
      section: 'PS3.15 Table E.1-1, §E.2',
      before: 'ACC-778899',
      after: '',
    });
    expect(at(elements, '(0008,0020)')).toMatchObject({
      action: 'shift-date',
      layer: 'option',
      section: 'PS3.15 Table E.1-1, §E.3.6',
      before: '20200315',
      after: expect.stringMatching(/^\d{8}$/),
    });
    expect(at(elements, '(0010,0010)')).toMatchObject({ layer: 'stamp', before: 'Brandstetter^Ottilie' });
    expect(at(elements, '(0012,0062)')).toMatchObject({ action: 'add', before: undefined, after: 'YES' });
    expect(at(elements, '(0008,1010)')).toMatchObject({ action: 'remove', before: 'CT-ROOM-3', after: undefined });
  });

  it('goes into sequences, item by item', async () => {
    const { elements } = await explained();
    expect(at(elements, '(0008,1140)[0]/(0008,1155)')).toMatchObject({
      action: 'replace-uid',
      before: '1.2.3.4.5.6',
      after: PSEUDONYMISER.uid('1.2.3.4.5.6'),
    });
  });

  it('names the rule of a site and its reason', async () => {
    const rules = [{ tag: '(0008,0070)', action: 'remove', why: 'there is one scanner of this maker in the country' }];
    const { elements } = await explained(engine(siteProfile({ extends: 'eucaim', rules })));
    expect(at(elements, '(0008,0070)')).toMatchObject({
      action: expect.stringMatching(/remove|empty/),
      layer: 'profile rule',
      rule: 'our-site: there is one scanner of this maker in the country',
    });
  });

  it('says why the whole object would be kept back', async () => {
    const folder = temporaryFolder();
    const { source } = await writeSource(folder, ctElements(text('BurnedInAnnotation', 'CS', 'YES')));
    const { refusal, elements } = await engine().explain(source, { temporaryFolder: folder });
    expect(refusal).toMatchObject({ kind: 'quarantined', cause: 'burned-in-text' });
    expect(elements.length).toBeGreaterThan(10);
  });
});

describe('the comparison of two profiles', () => {
  it('counts attributes, objects and devices that would change, without a value of an original', async () => {
    const comparison = new ProfileComparison();
    const [eucaim, basic] = [engine(), engine(Profile.shipped('basic'))];
    for (let object = 0; object < 3; object += 1) comparison.add(await explained(eucaim), await explained(basic));
    const document = comparison.toDocument();
    expect(document).toMatchObject({ objects: 3, changedObjects: 3, otherOutcome: 0 });
    expect(document.devices).toHaveLength(1);
    const date = document.attributes.find(({ attribute }) => attribute === '(0008,0020)');
    expect(date).toMatchObject({
      name: 'Study Date',
      change: 'shift-date (E.1-1 C (retain_long_modified_dates)) → empty (E.1-1 Z)',
      objects: 3,
    });
    expect(JSON.stringify(document)).not.toMatch(/Brandstetter|20200315|ACC-778899/);
  });

  it('finds nothing between a profile and itself', async () => {
    const comparison = new ProfileComparison();
    comparison.add(await explained(), await explained());
    expect(comparison.toDocument()).toMatchObject({ changedObjects: 0, attributes: [], devices: [] });
  });
});
