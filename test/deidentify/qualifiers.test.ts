import { describe, expect, it } from 'vitest';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ctElements, engine, requireDeidentified, text, writeSource } from './fixtures.ts';
import { item, sequence } from './structured-objects.ts';

async function cleaned(...elements: readonly DataElement[]): Promise<DataSet> {
  const { source, target } = await writeSource(temporaryFolder(), ctElements(...elements));
  requireDeidentified(await engine().deidentifyAndVerify(source, target));
  const { dataSet, close } = await readPart10(target);
  await close();
  return dataSet;
}

describe('an attribute that only qualifies another one', () => {
  it('goes with what it qualifies', async () => {
    const dataSet = await cleaned(
      text('ResponsiblePerson', 'PN', 'Quantrill^Ida'),
      text('ResponsiblePersonRole', 'CS', 'OWNER'),
      text('PatientBirthDateInAlternativeCalendar', 'LO', '1958-03-12'),
      text('PatientAlternativeCalendar', 'CS', 'JULIAN'),
    );
    for (const keyword of [
      'ResponsiblePersonRole',
      'PatientBirthDateInAlternativeCalendar',
      'PatientAlternativeCalendar',
    ])
      expect(dataSet.has(tagOf(keyword)), keyword).toBe(false);
  });

  const region = (identifier: string): DataElement =>
    sequence(
      'AnatomicRegionSequence',
      item(
        text('CodeValue', 'SH', '39607008'),
        text('CodingSchemeDesignator', 'SH', 'SCT'),
        text('CodeMeaning', 'LO', 'Lung'),
        text('MappingResource', 'CS', 'DCMR'),
        text('ContextGroupVersion', 'DT', '20200101'),
        text('ContextIdentifier', 'CS', identifier),
      ),
    );

  it('stays with a context group of the standard, and goes with one of somebody else', async () => {
    const [standard] = (await cleaned(region('4031'))).items(tagOf('AnatomicRegionSequence'));
    expect(standard?.string(tagOf('MappingResource'))).toBe('DCMR');
    const [own] = (await cleaned(region('VANDERMEER'))).items(tagOf('AnatomicRegionSequence'));
    expect(own?.elements.map(({ tag }) => tag)).toEqual(
      ['CodeValue', 'CodingSchemeDesignator', 'CodeMeaning'].map(tagOf),
    );
  });
});
