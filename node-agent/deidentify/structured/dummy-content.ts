/** A content tree that says nothing, for profiles that do not clean structured content (action D of PS3.15 Table E.1-1a). */
import type { DataElement, Encoding } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { makeDataSet, sequenceElement, textElement } from '../../dicom/element.ts';
import { dummyCodeSequence, dummyText } from '../dummies.ts';

export const CONTENT_SEQUENCE = tagOf('ContentSequence');

/** One TEXT item under a concept without meaning. */
export function dummyContent(encoding: Encoding): DataElement {
  const text = (keyword: string, vr: string, value: string): DataElement =>
    textElement(encoding, tagOf(keyword), vr, value);
  return sequenceElement(CONTENT_SEQUENCE, [
    makeDataSet(encoding, [
      text('RelationshipType', 'CS', 'CONTAINS'),
      text('ValueType', 'CS', 'TEXT'),
      dummyCodeSequence(encoding, tagOf('ConceptNameCodeSequence')),
      text('TextValue', 'UT', dummyText('UT') ?? ''),
    ]),
  ]);
}
