import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { makeDataSet, sequenceElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { CT, ctElements, engine, requireDeidentified, text, UIDS, writeSource } from './fixtures.ts';

describe('a sequence of the standard that was written as UN', () => {
  it('is cleaned and kept like any other', async () => {
    const item = makeDataSet({ explicit: false, littleEndian: true }, [
      text('ReferencedSOPClassUID', 'UI', CT),
      text('ReferencedSOPInstanceUID', 'UI', UIDS.frame),
      text('PatientName', 'PN', 'Brandstetter^Ottilie'),
    ]);
    const sequence: DataElement = { ...sequenceElement(tagOf('SourceImageSequence'), [item]), vr: 'UN' };
    const { source, target } = await writeSource(temporaryFolder(), ctElements(sequence));
    requireDeidentified(await engine().deidentifyAndVerify(source, target));
    const { dataSet } = await readPart10(target);
    const [reference] = dataSet.items(tagOf('SourceImageSequence'));
    expect(reference?.string(tagOf('ReferencedSOPClassUID'))).toBe(CT);
    expect(reference?.string(tagOf('ReferencedSOPInstanceUID'))).toMatch(/^2\.25\./u);
    expect(readFileSync(target, 'latin1')).not.toMatch(/Brandstetter/iu);
  });
});
