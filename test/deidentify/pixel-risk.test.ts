import { describe, expect, it } from 'vitest';
import { PixelRisk } from '../../node-agent/deidentify/pixel-risk.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { makeDataSet } from '../../node-agent/dicom/element.ts';
import { ctElements, ENCODING, text } from './fixtures.ts';

const risk = new PixelRisk();
const reasonFor = (...elements: readonly DataElement[]): string | undefined =>
  risk.reason(makeDataSet(ENCODING, ctElements(...elements)));
const secondary = text('ImageType', 'CS', 'DERIVED\\SECONDARY');

describe('text in the pixels is suspected', () => {
  it.each([
    ['a protocol page', [text('ImageType', 'CS', 'DERIVED\\SECONDARY\\OTHER\\CT_SOM5 PROT')]],
    ['a dose page', [text('ImageType', 'CS', 'DERIVED\\SECONDARY\\DOSE PAGE')]],
    ['a report', [text('ImageType', 'CS', 'ORIGINAL\\PRIMARY\\OTHER\\CSA REPORT')]],
    ['a scanned page', [text('ConversionType', 'CS', 'SD')]],
    ['what a capture device made', [secondary, text('SecondaryCaptureDeviceManufacturer', 'LO', 'ACME Grabber')]],
    ['a digitised film', [text('Manufacturer', 'LO', 'VIDAR Systems'), text('Modality', 'CS', 'CR')]],
    ['a result of post-processing', [secondary, text('Manufacturer', 'LO', 'iSchemaView')]],
    ['a mobile C-arm', [text('Manufacturer', 'LO', 'GE OEC Medical Systems'), text('Modality', 'CS', 'RF')]],
    ['a densitometer', [text('ManufacturerModelName', 'LO', 'Lunar Prodigy'), text('Modality', 'CS', 'CR')]],
    ['a bone density sheet', [text('Modality', 'CS', 'BMD')]],
  ] as const)('of %s, unless it says that it is free of text', (_what, elements) => {
    expect(reasonFor(...elements)).toMatch(/^[A-Z].*\.$/);
    expect(reasonFor(...elements, text('BurnedInAnnotation', 'CS', 'NO'))).toBeUndefined();
  });

  it.each([
    ['an original slice', []],
    ['a derived slice', [secondary]],
    [
      'a reformatted slice of a workstation maker that draws nothing',
      [secondary, text('Manufacturer', 'LO', 'SIEMENS')],
    ],
    [
      'a slice with a capture device that has no name',
      [secondary, text('SecondaryCaptureDeviceManufacturer', 'LO', '')],
    ],
  ] as const)('not of %s', (_what, elements) => {
    expect(reasonFor(...elements)).toBeUndefined();
  });
});
