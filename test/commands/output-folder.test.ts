import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutputFolder } from '../../node-agent/commands/output-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PLACE = { patientPseudonym: 'GH-AAAA', studyInstanceUid: '2.25.1', seriesInstanceUid: '2.25.2' };
const FIRST = { ...PLACE, sopInstanceUid: '2.25.3' };

/** Gives `place` a temporary file with this content, as the engine leaves it. */
function place(folder: OutputFolder, object: typeof FIRST, content: string | Uint8Array) {
  const temporary = folder.temporaryFile();
  writeFileSync(temporary, content);
  try {
    return folder.place(temporary, object);
  } finally {
    folder.close();
  }
}

describe('the output folder of deidentify', () => {
  it('files objects by patient, study, series and instance and leaves nothing else behind', () => {
    const root = join(temporaryFolder(), 'out');
    const output = join('GH-AAAA', '2.25.1', '2.25.2', '2.25.3.dcm');
    expect(place(new OutputFolder(root), FIRST, 'one')).toEqual({ kind: 'placed', output });
    expect(readFileSync(join(root, output), 'utf8')).toBe('one');
    expect(readdirSync(root)).toEqual(['GH-AAAA']);
  });

  it('never overwrites: equal content is there already, other content is a conflict', () => {
    const root = temporaryFolder();
    const long = Buffer.alloc(300_000, 7);
    const changed = Buffer.from(long).fill(8, 299_999);
    const first = place(new OutputFolder(root), FIRST, long);
    expect(first.kind).toBe('placed');
    for (const folder of [new OutputFolder(root), new OutputFolder(root)]) {
      expect(place(folder, FIRST, long)).toEqual({ ...first, kind: 'already-there' });
      expect(place(folder, FIRST, changed)).toEqual({ kind: 'refused', cause: 'conflict' });
      expect(place(folder, FIRST, 'short')).toEqual({ kind: 'refused', cause: 'conflict' });
    }
    expect(readdirSync(root)).toEqual(['GH-AAAA']);
    expect(readFileSync(join(root, 'output' in first ? first.output : '')).equals(long)).toBe(true);
  });

  it('keeps back an object of a study that stands under another patient, in this run or an earlier one', () => {
    const root = temporaryFolder();
    const folder = new OutputFolder(root);
    place(folder, FIRST, 'one');
    const other = { ...FIRST, patientPseudonym: 'GH-BBBB', sopInstanceUid: '2.25.4' };
    for (const at of [folder, new OutputFolder(root)]) {
      expect(place(at, other, 'two')).toEqual({ kind: 'refused', cause: 'patient-mismatch' });
      expect(place(at, { ...other, studyInstanceUid: '2.25.9' }, 'two').kind).not.toBe('refused');
    }
    expect(existsSync(join(root, 'GH-BBBB', '2.25.1'))).toBe(false);
  });

  it('leaves alone what else stands in the folder', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'notes'));
    writeFileSync(join(root, 'notes', '2.25.1'), 'text');
    writeFileSync(join(root, 'readme'), 'text');
    expect(place(new OutputFolder(root), FIRST, 'one').kind).toBe('placed');
    expect(readdirSync(root).sort()).toEqual(['GH-AAAA', 'notes', 'readme']);
  });
});
