import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { element, part10 } from './part10-bytes.ts';

const MEBIBYTE = 1024 * 1024;
const PIXEL_BYTES = 300 * MEBIBYTE;
const room = new URL('../../node-agent/dicom/', import.meta.url).href;

/** Runs in a process of its own, so that its peak memory is that of reading and writing alone. */
const PROGRAM = `
const { readPart10 } = await import('${room}part10-reader.ts');
const { writePart10 } = await import('${room}part10-writer.ts');
const before = process.resourceUsage().maxRSS;
const object = await readPart10(process.argv[1]);
await writePart10(process.argv[2], { ...object, meta: object.meta.elements, source: object.path });
console.log(process.resourceUsage().maxRSS - before);
`;

describe('memory', () => {
  it('does not grow with the size of the pixel data', () => {
    const folder = temporaryFolder();
    const source = join(folder, 'large.dcm');
    const file = openSync(source, 'w');
    const head = part10('1.2.840.10008.1.2.1', element(0x7fe00010, 'OW', '', 'explicit', PIXEL_BYTES));
    writeSync(file, head);
    ftruncateSync(file, head.length + PIXEL_BYTES);
    closeSync(file);
    const output = execFileSync(process.execPath, [
      '--input-type=module',
      '-e',
      PROGRAM,
      source,
      join(folder, 'copy.dcm'),
    ]);
    expect(Number(output.toString()) / 1024).toBeLessThan(150);
  });
});
