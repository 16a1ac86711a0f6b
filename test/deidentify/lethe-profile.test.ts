/** The profile `lethe-compatible`: the values of EUCAIM's tool, at least its removals, and none of its weaknesses. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DeidentificationEngine } from '../../node-agent/deidentify/engine.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { makeDataSet, sequenceElement, textElement } from '../../node-agent/dicom/element.ts';
import { LetheIdentifiers } from '../../node-agent/vault/lethe-identifiers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { CT, cleaned, ctElements, ENCODING, PSEUDONYMISER, TABLES, text, UIDS, writeSource } from './fixtures.ts';

interface Vectors {
  readonly secret: string;
  readonly uids: readonly { patientId: string; keyword: string; uid: string; replacement: string }[];
  readonly dates: readonly { keyword: string; vr: string; date: string; replacement: string }[];
}

const vectors = JSON.parse(readFileSync(new URL('../vault/lethe-vectors.json', import.meta.url), 'utf8')) as Vectors;
const lethe = new LetheIdentifiers(vectors.secret, PSEUDONYMISER);
const engine = new DeidentificationEngine({
  pseudonymiser: lethe,
  profile: Profile.shipped('lethe-compatible'),
  tables: TABLES,
});
const PATIENT = text('PatientID', 'LO', 'ABC-000103');
const pseudonym = lethe.patientPseudonym({ patientId: 'ABC-000103' });
const under = (...extra: readonly DataElement[]): Promise<DataSet> =>
  cleaned(temporaryFolder(), ctElements(PATIENT, ...extra), engine);
const item = (...elements: readonly DataElement[]): DataSet => makeDataSet(ENCODING, elements);

describe('an object under the profile lethe-compatible', () => {
  it('bears the Patient ID and the name that Lethe gives', async () => {
    const dataSet = await under();
    expect(dataSet.string(tagOf('PatientID'))).toBe('EUCAIM-88480770875414890074841667193919586267');
    expect(dataSet.string(tagOf('PatientName'))).toBe('EUCAIM-88480770875414890074841667193919586267^Anonymous');
  });

  it.each(vectors.uids)('has the $keyword that Lethe gives', async ({ keyword, uid, replacement }) => {
    expect((await under(text(keyword, 'UI', uid))).string(tagOf(keyword))).toBe(replacement);
  });

  it.each(vectors.dates)('has the $keyword of $date that Lethe gives', async ({ keyword, vr, date, replacement }) => {
    const study = text('SeriesDate', 'DA', '20240317');
    expect((await under(study, text(keyword, vr, date))).string(tagOf(keyword)) ?? '').toBe(replacement);
  });

  it('keeps a date that is the first of its month, which is no leak', async () => {
    const dataSet = await under(text('StudyDate', 'DA', '20240301'), text('ContentDate', 'DA', '20240301'));
    expect(dataSet.string(tagOf('StudyDate'))).toBe('20240301');
  });

  it('replaces UIDs at every depth in the same way, and never the UID of a class', async () => {
    const reference = item(
      text('ReferencedSOPClassUID', 'UI', CT),
      text('ReferencedSOPInstanceUID', 'UI', UIDS.instance),
    );
    const dataSet = await under(sequenceElement(tagOf('ReferencedImageSequence'), [reference]));
    const [written] = dataSet.items(tagOf('ReferencedImageSequence'));
    expect(written?.string(tagOf('ReferencedSOPClassUID'))).toBe(CT);
    expect(written?.string(tagOf('ReferencedSOPInstanceUID'))).toBe(lethe.uid(UIDS.instance, pseudonym));
    expect(dataSet.string(tagOf('SOPInstanceUID'))).toBe(lethe.uid(UIDS.instance, pseudonym));
  });

  it('lacks what Lethe removes, also inside sequences', async () => {
    const removed: readonly (readonly [string, string, string])[] = [
      ['StudyDescription', 'LO', 'Thorax'],
      ['StationName', 'SH', 'CT3'],
      ['DeviceSerialNumber', 'LO', '4711'],
      ['DerivationDescription', 'ST', 'Reformatted'],
      ['InstitutionName', 'LO', 'Clinic'],
      ['AdditionalPatientHistory', 'LT', 'Cough'],
      ['AdmittingDiagnosesDescription', 'LO', 'Cough'],
      ['ClinicalTrialSeriesDescription', 'LO', 'Baseline'],
      ['ExpiryDate', 'DA', '20300101'],
    ];
    const elements = removed
      .map(([keyword, vr, value]) => text(keyword, vr, value))
      .toSorted((left, right) => left.tag - right.tag);
    const nested = sequenceElement(tagOf('RadiopharmaceuticalInformationSequence'), [item(...elements)]);
    const dataSet = await under(nested, ...elements);
    const [inside] = dataSet.items(tagOf('RadiopharmaceuticalInformationSequence'));
    for (const [keyword] of removed) {
      expect(dataSet.has(tagOf(keyword)), keyword).toBe(false);
      expect(inside?.has(tagOf(keyword)), keyword).toBe(false);
    }
  });

  it('keeps what Lethe keeps of patient, series and device, cleaned where Lethe does not', async () => {
    const dataSet = await under(
      text('PatientAge', 'AS', '064Y'),
      text('PatientWeight', 'DS', '70'),
      text('SeriesDescription', 'LO', 'Thorax Brandstetter'),
      text('ManufacturerModelName', 'LO', 'Sensation 64'),
      text('StudyTime', 'TM', '101500'),
    );
    expect(dataSet.string(tagOf('PatientAge'))).toBe('064Y');
    expect(dataSet.string(tagOf('PatientWeight'))).toBe('70');
    expect(dataSet.string(tagOf('SeriesDescription'))).toBe('Thorax');
    expect(dataSet.string(tagOf('ManufacturerModelName'))).toBe('Sensation 64');
    expect(dataSet.string(tagOf('StudyTime'))).toBe('101500');
    expect(dataSet.string(tagOf('LongitudinalTemporalInformationModified'))).toBe('MODIFIED');
    expect(dataSet.string(tagOf('PatientIdentityRemoved'))).toBe('YES');
  });

  it('is set aside without a Patient ID: Lethe makes one patient of all of them', async () => {
    const { source, target } = await writeSource(
      temporaryFolder(),
      ctElements(textElement(ENCODING, tagOf('PatientID'), 'LO', '')),
    );
    expect(await engine.deidentifyAndVerify(source, target)).toMatchObject({
      kind: 'quarantined',
      cause: 'missing-patient-id',
    });
  });
});
