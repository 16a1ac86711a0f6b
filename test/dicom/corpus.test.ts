import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { textElement } from '../../node-agent/dicom/element.ts';
import { DicomParseError } from '../../node-agent/dicom/parse-error.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { writePart10 } from '../../node-agent/dicom/part10-writer.ts';
import { transferSyntax } from '../../node-agent/dicom/uids.ts';
import { corpus } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const files = corpus();
const LITTLE = { explicit: true, littleEndian: true };
const SLOWEST_MILLISECONDS = 2_000;
/** States JPEG (explicit VR), but its elements have no VRs: written as stated, so it gains them. */
const NOT_AS_STATED = new Set(['SC_rgb_jpeg-868ec7a8.dcm']);

describe.skipIf(files === undefined)('the corpus of real files', () => {
  const sound = files?.filter(({ theme }) => theme !== 'malformed') ?? [];
  const malformed = files?.filter(({ theme }) => theme === 'malformed') ?? [];

  it('is read file by file, and written back with the same data set bytes', async () => {
    const folder = temporaryFolder();
    const differing: string[] = [];
    for (const [index, file] of sound.entries()) {
      const object = await readPart10(file.path, { tolerant: true, temporaryFolder: folder });
      const target = join(folder, `${index}.dcm`);
      const meta: DataElement[] = [
        ...(object.meta?.elements ?? []).filter(({ tag }) => tag < 0x00020010),
        textElement(LITTLE, 0x00020010, 'UI', object.transferSyntaxUid),
      ];
      await writePart10(target, { ...object, meta, source: object.path });
      const copy = await readPart10(target, { temporaryFolder: folder });
      const deflated = transferSyntax(object.transferSyntaxUid)?.deflated === true;
      const before = readFileSync(object.path).subarray(deflated ? 0 : object.dataSetOffset);
      const after = readFileSync(copy.path).subarray(deflated ? 0 : copy.dataSetOffset);
      const isStated = !NOT_AS_STATED.has(file.name.split('/')[1] ?? '');
      if (isStated && !before.equals(after)) differing.push(file.name);
      await object.close();
      await copy.close();
    }
    expect(differing).toEqual([]);
  });

  it('of broken files ends in a data set or a reason, soon', async () => {
    for (const file of malformed) {
      const started = performance.now();
      const result = await readPart10(file.path, { tolerant: true }).then(
        (object) => object.close(),
        (error: unknown) => error,
      );
      if (result !== undefined) expect(result, file.name).toBeInstanceOf(DicomParseError);
      expect(performance.now() - started, file.name).toBeLessThan(SLOWEST_MILLISECONDS);
    }
  });

  it('shows the names that its manifest states', async () => {
    const named = sound.filter(({ note }) => note.includes('PatientName '));
    expect(named.length).toBeGreaterThan(5);
    for (const file of named) {
      const { dataSet } = await readPart10(file.path);
      expect(dataSet.string(0x00100010)).toBe(file.note.split('PatientName ')[1]);
    }
  });
});
