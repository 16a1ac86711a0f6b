import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effectiveVr, textValues } from '../../node-agent/deidentify/element-values.ts';
import { shiftDate, shiftDateTime } from '../../node-agent/deidentify/temporal.ts';
import { isPublicUid } from '../../node-agent/deidentify/uid-replacement.ts';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf, tagText } from '../../node-agent/dicom/dictionary.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { corpus } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ctElements, engine, PSEUDONYMISER, writeSource } from './fixtures.ts';
import { CLASSES, objectOf } from './iod-objects.ts';
import { pixelDigest } from './pixel-digest.ts';
import { ecgElements, keyObjectElements, presentationElements, reportElements } from './structured-objects.ts';

const files = corpus() ?? [];
/** Content items that stand for the patient bear the pseudonym as the header does. */
const BEARERS = ['PatientName', 'PatientID', 'TextValue', 'PersonName'].map(tagOf);

/** Stands where a birth date had to be. */
const NO_DATE = '19000101';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-idempotence-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * What may differ when the output is cleaned once more, as if it were a new original: the pseudonym becomes the
 * pseudonym of the pseudonym, each UID its replacement, each date is moved once more by the days of the new patient.
 * Everything else stays as it is, pixels included.
 */
class SecondRun {
  readonly differences: string[] = [];
  readonly #pseudonyms: readonly [string, string];
  readonly #days: number;

  constructor(first: string) {
    this.#pseudonyms = [first, PSEUDONYMISER.patientPseudonym({ patientId: first })];
    this.#days = PSEUDONYMISER.dateShiftDays({ patientId: first });
  }

  compare(first: DataSet, second: DataSet, prefix = ''): void {
    const tags = (dataSet: DataSet): string => dataSet.elements.map(({ tag }) => tagText(tag)).join(' ');
    if (tags(first) !== tags(second)) this.differences.push(`${prefix}: other elements`);
    for (const element of first.elements) {
      const other = second.get(element.tag);
      if (other === undefined) continue;
      const place = prefix + tagText(element.tag);
      if (element.value.kind === 'sequence') {
        const items = second.items(element.tag);
        if (items.length !== element.value.items.length) this.differences.push(`${place}: other items`);
        for (const [index, item] of element.value.items.entries()) {
          const counterpart = items[index];
          if (counterpart !== undefined) this.compare(item.dataSet, counterpart, `${place}[*]/`);
        }
      } else if (element.value.kind === 'bytes') {
        this.#compareValues(first, element, second, other, place);
      }
    }
  }

  #compareValues(first: DataSet, element: DataElement, second: DataSet, other: DataElement, place: string): void {
    const vr = effectiveVr(element);
    const expected = textValues(first, element, vr).map((value) => this.#expected(element, vr, value));
    const found = textValues(second, other, vr);
    if (JSON.stringify(expected) !== JSON.stringify(found)) this.differences.push(`${place}: other value`);
  }

  #expected({ tag }: DataElement, vr: string, value: string): string {
    if (vr === 'UI') return value === '' || isPublicUid(tag, value) ? value : PSEUDONYMISER.uid(value);
    if (value === NO_DATE) return value;
    if (vr === 'DA' && value !== '') return shiftDate(value, this.#days) ?? value;
    if (vr === 'DT' && value !== '') return shiftDateTime(value, this.#days) ?? value;
    return BEARERS.includes(tag) ? value.replace(this.#pseudonyms[0], this.#pseudonyms[1]) : value;
  }
}

/** Cleans the files twice. @returns what differed that may not, and how many were compared */
async function cleanedTwice(originals: readonly { readonly path: string; readonly name: string }[]) {
  const deidentification = engine();
  let compared = 0;
  const differences: string[] = [];
  for (const { path, name } of originals) {
    const [first, second] = [join(folder, 'first.dcm'), join(folder, 'second.dcm')];
    const outcome = await deidentification.deidentifyAndVerify(path, first);
    if (outcome.kind !== 'deidentified') continue;
    const again = await deidentification.deidentifyAndVerify(first, second);
    if (again.kind !== 'deidentified') {
      differences.push(`${name}: ${JSON.stringify(again)}`);
    } else {
      const run = new SecondRun(outcome.patientPseudonym);
      const objects = [await readPart10(first), await readPart10(second)] as const;
      run.compare(objects[0].dataSet, objects[1].dataSet);
      for (const object of objects) await object.close();
      differences.push(...run.differences.map((difference) => `${name} ${difference}`));
      expect(await pixelDigest(second), name).toBe(await pixelDigest(path));
      compared += 1;
      await rm(second);
    }
    await rm(first);
  }
  return { differences, compared };
}

describe('an output that is cleaned once more differs in pseudonym, UIDs and dates, and in nothing else', () => {
  it('made for the purpose', async () => {
    const made = [reportElements(), keyObjectElements(), presentationElements(), ecgElements(), ctElements()];
    const originals = await Promise.all(
      made.map(async (elements, number) => ({
        path: (await writeSource(temporaryFolder(), elements)).source,
        name: String(number),
      })),
    );
    expect(await cleanedTwice(originals)).toEqual({ differences: [], compared: made.length });
  });

  it('with everything that the IOD of every eighth class allows', { timeout: 60_000 }, async () => {
    const some = CLASSES.filter((_uid, number) => number % 8 === 5);
    const originals = await Promise.all(
      some.map(async (uid) => ({ path: (await writeSource(temporaryFolder(), objectOf(uid))).source, name: uid })),
    );
    expect(await cleanedTwice(originals)).toEqual({ differences: [], compared: some.length });
  });

  it.skipIf(files.length === 0)('real files', { timeout: 240_000 }, async () => {
    const { differences, compared } = await cleanedTwice(files);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });
});
