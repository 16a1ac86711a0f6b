import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { corpus } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ctElements, engine, PSEUDONYMISER, text, writeSource } from './fixtures.ts';
import { ecgElements, IMAGE, keyObjectElements, presentationElements, reportElements } from './structured-objects.ts';

/** Attributes that point to another object, its series, its study or its frame of reference. */
const REFERENCES = new Set(
  ['ReferencedSOPInstanceUID', 'SeriesInstanceUID', 'StudyInstanceUID', 'FrameOfReferenceUID'].map(tagOf),
);
const MODALITY = tagOf('Modality');
const REFERRING = new Set(['SEG', 'RTSTRUCT', 'RTPLAN', 'RTDOSE', 'SR', 'KO', 'PR', 'REG', 'RWV', 'ECG']);
const OWN = { instance: tagOf('SOPInstanceUID'), series: tagOf('SeriesInstanceUID'), study: tagOf('StudyInstanceUID') };

/** The references below the top of an object, in the order in which they stand. */
function referencesOf(dataSet: DataSet, nested = false): string[] {
  return dataSet.elements.flatMap(({ tag, value }) => {
    if (value.kind === 'sequence') return value.items.flatMap((item) => referencesOf(item.dataSet, true));
    return nested && REFERENCES.has(tag) ? dataSet.strings(tag) : [];
  });
}

async function dataSetOf(path: string): Promise<DataSet> {
  const object = await readPart10(path, { tolerant: true });
  await object.close();
  return object.dataSet;
}

/**
 * Cleans the files as one set. Every reference that led to an object, a series or a study of the set still leads to
 * the same one.
 * @returns how many did
 */
async function resolvedReferences(paths: readonly string[]): Promise<number> {
  const folder = temporaryFolder();
  const deidentification = engine();
  const pairs: (readonly [original: DataSet, output: DataSet])[] = [];
  for (const [number, path] of paths.entries()) {
    const target = join(folder, `${number}.dcm`);
    const outcome = await deidentification.deidentifyAndVerify(path, target);
    if (outcome.kind === 'deidentified') pairs.push([await dataSetOf(path), await dataSetOf(target)]);
  }
  const places = new Map<string, string>();
  for (const [original, output] of pairs) {
    for (const tag of Object.values(OWN)) places.set(original.string(tag) ?? '', output.string(tag) ?? '');
  }
  let resolved = 0;
  for (const [original, output] of pairs) {
    const before = referencesOf(original);
    const after = referencesOf(output);
    const expected = new Set(before.filter((uid) => places.has(uid)).map((uid) => places.get(uid)));
    const found = after.filter((uid) => expected.has(uid));
    // Of images the profile takes the references to requests and studies away; what refers for its living keeps all.
    if (REFERRING.has(original.string(MODALITY) ?? '')) expect(new Set(found)).toEqual(expected);
    const replacements = new Set(before.map((uid) => PSEUDONYMISER.uid(uid)));
    expect(after.filter((uid) => uid.startsWith('2.25.') && !replacements.has(uid))).toEqual([]);
    resolved += found.length;
  }
  return resolved;
}

describe('references within a set of objects that are cleaned one by one', () => {
  it('resolve from a report, a selection, a presentation state and a waveform to the image', async () => {
    const write = async (elements: readonly DataElement[]) => (await writeSource(temporaryFolder(), elements)).source;
    const own = (elements: DataElement[], uid: string): DataElement[] =>
      [...elements.filter(({ tag }) => tag !== OWN.instance), text('SOPInstanceUID', 'UI', uid)].toSorted(
        (left, right) => left.tag - right.tag,
      );
    const paths = [
      await write(ctElements(text('SOPInstanceUID', 'UI', IMAGE))),
      await write(own(reportElements(), '1.2.276.0.7230010.3.1.4.1000.101')),
      await write(own(keyObjectElements(), '1.2.276.0.7230010.3.1.4.1000.102')),
      await write(own(presentationElements(), '1.2.276.0.7230010.3.1.4.1000.103')),
      await write(own(ecgElements(), '1.2.276.0.7230010.3.1.4.1000.104')),
    ];
    // Report: image, evidence, its series and study. Selection: the same. State: image and series.
    expect(await resolvedReferences(paths)).toBe(10);
  });

  const files = corpus() ?? [];
  it.skipIf(files.length === 0)('resolve in the real files as they did', { timeout: 120_000 }, async () => {
    expect(await resolvedReferences(files.map(({ path }) => path))).toBeGreaterThan(20);
  });
});
