import { describe, expect, it } from 'vitest';
import { addedFaults } from '../../node-agent/deidentify/conformance/conformance-gate.ts';
import { openReferences } from '../../node-agent/deidentify/conformance/reference-closure.ts';
import { isCount } from '../../node-agent/deidentify/conformance/value-form.ts';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { makeDataSet, numberElement, textElement } from '../../node-agent/dicom/element.ts';
import { CT, ctElements, ENCODING, TABLES, text } from './fixtures.ts';
import {
  COMPREHENSIVE_SR,
  CONTENT_OF_REPORT,
  content,
  FINDING,
  GREYSCALE_STATE,
  item,
  presentationElements,
  reportElements,
  sequence,
} from './structured-objects.ts';

const set = (elements: readonly DataElement[]): DataSet => makeDataSet(ENCODING, elements);
const CT_SET = set(ctElements());
const faultsOf = (output: readonly DataElement[], original: DataSet = CT_SET, sopClass = CT): string[] =>
  addedFaults(original, set(output), TABLES.types, sopClass);
const without = (elements: readonly DataElement[], keyword: string): DataElement[] =>
  elements.filter(({ tag }) => tag !== tagOf(keyword));

describe('the conformance gate', () => {
  it('lets an object pass that is as it was', () => {
    expect(faultsOf(ctElements())).toEqual([]);
  });

  it.each([
    ['an attribute of type 1 that is gone', without(ctElements(), 'ImageType'), '(0008,0008): of type 1, missing'],
    ['an attribute of type 1 that is empty', ctElements(text('Modality', 'CS', '')), '(0008,0060): of type 1, empty'],
    [
      'an attribute of type 2 that is gone',
      without(ctElements(), 'AccessionNumber'),
      '(0008,0050): of type 2, missing',
    ],
    [
      'a date that is none',
      ctElements(text('StudyDate', 'DA', '20200230x')),
      '(0008,0020): value not valid for its VR',
    ],
    [
      'a UID that is none',
      ctElements(text('FrameOfReferenceUID', 'UI', '1.02.3')),
      '(0020,0052): value not valid for its VR',
    ],
    [
      'a text that is too long',
      ctElements(text('AccessionNumber', 'SH', 'x'.repeat(17))),
      '(0008,0050): value not valid for its VR',
    ],
    [
      'another VR',
      ctElements(textElement(ENCODING, tagOf('Manufacturer'), 'ST', 'x')),
      '(0008,0070): VR not that of PS3.6',
    ],
    [
      'more values than there may be',
      ctElements(numberElement(ENCODING, tagOf('Rows'), 'US', [8, 8])),
      '(0028,0010): number of values not that of PS3.6',
    ],
    ['elements out of order', ctElements().toReversed().slice(0, 2), '(0028,0100): out of order'],
  ])('notices %s', (_what, output, fault) => {
    expect(faultsOf(output)).toContain(fault);
  });

  it('does not blame the output for what was wrong before', () => {
    const wrong = ctElements(text('StudyDate', 'DA', 'yesterday'), text('Modality', 'CS', ''));
    const still = ctElements(text('StudyDate', 'DA', 'tomorrow'), text('Modality', 'CS', ''));
    expect(faultsOf(still, set(wrong))).toEqual([]);
  });

  it('notices two replacements of one UID, and one replacement of two', () => {
    const references = (first: string, second: string): DataElement =>
      sequence(
        'ReferencedImageSequence',
        item(text('ReferencedSOPInstanceUID', 'UI', first)),
        item(text('ReferencedSOPInstanceUID', 'UI', second)),
      );
    const fault = '(0008,1140)[*]/(0008,1155): UID not replaced as elsewhere';
    const same = set(ctElements(references('1.2.3', '1.2.3')));
    expect(faultsOf(ctElements(references('2.25.1', '2.25.1')), same)).toEqual([]);
    expect(faultsOf(ctElements(references('2.25.1', '2.25.2')), same)).toEqual([fault]);
    const different = set(ctElements(references('1.2.3', '1.2.4')));
    expect(faultsOf(ctElements(references('2.25.1', '2.25.1')), different)).toEqual([fault]);
  });

  it('notices a content item that lost its value or its relationship, at any depth', () => {
    const nested = (value: DataSet): DataElement[] =>
      reportElements([content('CONTAINS', 'CONTAINER', FINDING, sequence('ContentSequence', value))]);
    const whole = content('CONTAINS', 'TEXT', FINDING, text('TextValue', 'UT', 'x'));
    const report = (value: DataSet): string[] => faultsOf(nested(value), set(nested(whole)), COMPREHENSIVE_SR);
    expect(report(whole)).toEqual([]);
    const path = '(0040,a730)[*]/(0040,a730)[*]/';
    expect(report(item(...without(whole.elements, 'TextValue')))).toEqual([`${path}(0040,a160): of type 1C, missing`]);
    expect(report(item(...without(whole.elements, 'RelationshipType')))).toEqual([
      `${path}(0040,a010): of type 1, missing`,
    ]);
  });

  it('notices an image of the tree that is no longer among the evidence', () => {
    const output = without(reportElements(), 'CurrentRequestedProcedureEvidenceSequence');
    expect(faultsOf(output, set(reportElements()), COMPREHENSIVE_SR)).toContain(
      '(0008,1155): 1 references without their evidence',
    );
  });

  it('notices an annotation whose layer is gone', () => {
    const renamed = presentationElements().map((element) =>
      element.tag === tagOf('GraphicLayerSequence')
        ? sequence(
            'GraphicLayerSequence',
            item(text('GraphicLayer', 'CS', 'ELSEWHERE'), text('GraphicLayerOrder', 'IS', '1')),
          )
        : element,
    );
    expect(faultsOf(renamed, set(presentationElements()), GREYSCALE_STATE)).toContain(
      '(0070,0002): 2 references without their graphic layer',
    );
  });

  it('follows the references of a report by the place of an item', () => {
    const pointing = (...place: number[]): DataSet =>
      set(
        reportElements([
          ...CONTENT_OF_REPORT,
          item(
            text('RelationshipType', 'CS', 'INFERRED FROM'),
            numberElement(ENCODING, tagOf('ReferencedContentItemIdentifier'), 'UL', place),
          ),
        ]),
      );
    expect(openReferences(pointing(1, 13, 1))).toEqual([]);
    expect(openReferences(pointing(1, 13, 9))).toHaveLength(1);
  });

  it.each([
    [1, '1', true],
    [2, '1', false],
    [2, '1-n', true],
    [3, '2-2n', false],
    [4, '2-2n', true],
    [4, '1-3', false],
    [6, '3-3n', true],
    [1, '2-n', false],
  ])('counts %i values for a multiplicity of %s: %s', (count, multiplicity, allowed) => {
    expect(isCount(count, multiplicity)).toBe(allowed);
  });
});
