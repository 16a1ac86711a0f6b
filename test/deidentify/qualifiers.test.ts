import { describe, expect, it } from 'vitest';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cleaned, ctElements, text } from './fixtures.ts';
import { code, item, sequence } from './structured-objects.ts';

const cleanedCt = (...elements: readonly DataElement[]): Promise<DataSet> =>
  cleaned(temporaryFolder(), ctElements(...elements));

describe('an attribute that only qualifies another one', () => {
  it('goes with what it qualifies', async () => {
    const dataSet = await cleanedCt(
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
        ...code('39607008', 'SCT', 'Lung').elements,
        text('MappingResource', 'CS', 'DCMR'),
        text('ContextGroupVersion', 'DT', '20200101'),
        text('ContextIdentifier', 'CS', identifier),
      ),
    );

  it('stays with a context group of the standard, and goes with one of somebody else', async () => {
    const [standard] = (await cleanedCt(region('4031'))).items(tagOf('AnatomicRegionSequence'));
    expect(standard?.string(tagOf('MappingResource'))).toBe('DCMR');
    const [own] = (await cleanedCt(region('VANDERMEER'))).items(tagOf('AnatomicRegionSequence'));
    expect(own?.elements.map(({ tag }) => tag)).toEqual(
      ['CodeValue', 'CodingSchemeDesignator', 'CodeMeaning'].map(tagOf),
    );
  });
});
