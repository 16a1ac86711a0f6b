import { describe, expect, it } from 'vitest';
import { DeidentificationEngine } from '../../node-agent/deidentify/engine.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { findResidualIdentifiers } from '../../node-agent/deidentify/residual/residual-scan.ts';
import { SearchMemory } from '../../node-agent/deidentify/residual/search-memory.ts';
import { Vocabulary } from '../../node-agent/deidentify/text/vocabulary.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cleaned, ctElements, PSEUDONYMISER, requireDeidentified, TABLES, text, writeSource } from './fixtures.ts';

function engineWith(approvedWords: readonly string[] = []): DeidentificationEngine {
  const profile = Profile.shipped('eucaim');
  return new DeidentificationEngine({ pseudonymiser: PSEUDONYMISER, profile, tables: TABLES, approvedWords });
}

async function found(...extra: readonly DataElement[]) {
  const { source, target } = await writeSource(temporaryFolder(), ctElements(...extra));
  const { words } = requireDeidentified(await engineWith().deidentifyAndVerify(source, target));
  return { unknown: words?.unknown ?? [], identifying: words?.identifying ?? [] };
}

const description = (value: string) => text('SeriesDescription', 'LO', value);

describe('words that descriptions lose', () => {
  it('are told with the attribute they stood in, each once, as they are written', async () => {
    const { unknown } = await found(
      description('ZZPROT7 axial chest'),
      text('SpecificCharacterSet', 'CS', 'ISO_IR 100'),
      text('ProtocolName', 'LO', 'zzprot7 Qvörb', 'ISO_IR 100'),
      text('StudyDescription', 'LO', 'CT chest'),
    );
    expect(unknown).toHaveLength(2);
    expect(unknown).toContainEqual({ word: 'ZZPROT7', folded: 'zzprot7', attribute: 'SeriesDescription' });
    expect(unknown).toContainEqual({ word: 'Qvörb', folded: 'qvorb', attribute: 'ProtocolName' });
  });

  it.each([
    ['the name of the patient', 'axial Brandstetter'],
    ['another form of the name', 'axial Brandstetters'],
    ['the referring physician', 'axial PAPADOPOULOS'],
    ['the Patient ID', 'axial MRN-4711-0815'],
    ['the accession number', 'axial ACC-778899'],
    ['a name behind a title', 'axial Dr. Kirchgruber'],
    ['an e-mail address', 'axial zzuser@hospital.example'],
    ['an address on the net', 'axial https://zzhost.example/path'],
    ['a telephone number', 'axial Tel. 06221 567890'],
    ['a date', 'axial 12.03.2020'],
    ['a number with letters', 'axial ZZ1234567'],
    ['single letters', 'axial q'],
  ])('are not told where they are %s', async (_what, value) => {
    expect((await found(description(value))).unknown).toEqual([]);
  });

  it('are told of descriptions only: not of names, institutions, devices, and reports', async () => {
    const { unknown } = await found(
      text('OperatorsName', 'PN', 'Zzoperator'),
      text('InstitutionName', 'LO', 'Zzhospital'),
      text('StationName', 'SH', 'ZZSTATION'),
      text('TextValue', 'UT', 'Zzprose about the patient'),
    );
    expect(unknown).toEqual([]);
  });

  it('come with the names of the object, in their other spellings, whether a description holds them or not', async () => {
    const { identifying } = await found(
      text('SpecificCharacterSet', 'CS', 'ISO_IR 100'),
      text('PatientName', 'PN', 'Müllner^Ottilie', 'ISO_IR 100'),
      text('StationName', 'SH', 'ZZSTATION'),
      description('ZZSTATION axial 20200315 ACC-778899'),
    );
    for (const name of ['mullner', 'muellner', 'ottilie', 'papadopoulos', 'zzstation'])
      expect(identifying).toContain(name);
    expect(identifying).not.toContain('axial');
    expect(identifying.filter((word) => /\d{5}/u.test(word))).toEqual([]);
  });
});

describe('words that the site approved', () => {
  const approving = engineWith(['ZzProt7', 'Brandstetter', 'Papadopoulos', 'ZZSTATION', 'Kirchgruber']);

  it('stay in descriptions, in whatever case they are written', async () => {
    const clean = await cleaned(temporaryFolder(), ctElements(description('ZZPROT7 axial Gibberish')), approving);
    expect(clean.string(tagOf('SeriesDescription'))).toBe('ZZPROT7 axial');
    const without = await cleaned(temporaryFolder(), ctElements(description('ZZPROT7 axial Gibberish')), engineWith());
    expect(without.string(tagOf('SeriesDescription'))).toBe('axial');
  });

  it.each([
    ['the patient', 'axial Brandstetter'],
    ['the patient, in another form', 'axial BRANDSTETTERS'],
    ['the referring physician', 'Papadopoulos axial'],
    ['the device', 'axial ZZSTATION'],
    ['a person by the title in front', 'axial Dr. Kirchgruber'],
  ])('go where they are %s', async (_what, value) => {
    const elements = ctElements(description(value), text('StationName', 'SH', 'ZZSTATION'));
    const clean = await cleaned(temporaryFolder(), elements, approving);
    expect(clean.string(tagOf('SeriesDescription'))).toBe('axial');
  });

  it('are still found by the residual scan where a header names somebody so', async () => {
    const { source } = await writeSource(temporaryFolder(), ctElements(description('axial Brandstetter')));
    const original = await readPart10(source);
    const memory = new SearchMemory(new Vocabulary(['Brandstetter']));
    const hits = await findResidualIdentifiers(original, source, memory, new Set());
    await original.close();
    expect(hits.map(({ where }) => where)).toEqual(expect.arrayContaining([expect.stringContaining('(0008,103e)')]));
  });

  it('belong to the hash of the profile, in no order and in no case', () => {
    const hash = (...words: string[]) => engineWith(words).head.profileHash;
    expect(hash()).toBe(Profile.shipped('eucaim').contentHash());
    expect(hash('ZZPROT7')).not.toBe(hash());
    expect(hash('ZZPROT7', 'other')).toBe(hash('Other', 'zzprot7', 'ZZPROT7'));
    expect(hash('ZZPROT7', 'other')).not.toBe(hash('ZZPROT7'));
  });
});
