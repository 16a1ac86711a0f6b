/** Media as DCMTK writes them: a folder of files with the DICOMDIR of dcmmkdir. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFolder } from '../../../node-agent/intake/import/folder-import.ts';
import { readMediaDirectory } from '../../../node-agent/intake/import/media-directory.ts';
import { element } from '../../phantom/elements.ts';
import { encodeFile } from '../../phantom/part10.ts';
import { PEER_ENVIRONMENT, peer } from '../../support/peers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { intakeRig } from '../rig.ts';

const dcmmkdir = peer('dcmmkdir');
const CT = '1.2.840.10008.5.1.4.1.1.2';

function ctFile(study: number, number: number): Buffer {
  const sopInstanceUid = `2.25.5551${study}${number}`;
  return encodeFile({
    sopClassUid: CT,
    sopInstanceUid,
    elements: [
      element('SOPClassUID', CT),
      element('SOPInstanceUID', sopInstanceUid),
      element('StudyDate', '20240102'),
      element('StudyTime', '101500'),
      element('AccessionNumber', String(study)),
      element('Modality', 'CT'),
      element('PatientName', 'Medium^Invented'),
      element('PatientID', `MEDIUM-${study}`),
      element('StudyInstanceUID', `2.25.5552${study}`),
      element('SeriesInstanceUID', `2.25.5553${study}`),
      element('StudyID', String(study)),
      element('SeriesNumber', 1),
      element('InstanceNumber', number),
      element('Rows', 1),
      element('Columns', 1),
    ],
    transferSyntax: 'explicitLittle',
    undefinedLengths: false,
    characterSet: [],
    preamble: '',
    sourceAeTitle: 'MEDIUM',
    trailingPadding: '',
  });
}

/** Two patients with three images each, in files as ISO 9660 allows them. */
function medium(): string {
  const folder = temporaryFolder();
  for (const study of [1, 2]) {
    mkdirSync(join(folder, 'DICOM', `ST${study}`), { recursive: true });
    for (const number of [1, 2, 3]) {
      writeFileSync(join(folder, 'DICOM', `ST${study}`, `IM${number}`), ctFile(study, number));
    }
  }
  execFileSync(
    dcmmkdir ?? '',
    ['--recurse', '--input-directory', folder, '--output-file', join(folder, 'DICOMDIR'), '-W', 'DICOM'],
    {
      cwd: folder,
      env: PEER_ENVIRONMENT,
    },
  );
  return folder;
}

describe.skipIf(!dcmmkdir)('a medium that dcmmkdir made', () => {
  it('is read record by record', async () => {
    const folder = medium();
    const { files, objection } = await readMediaDirectory(join(folder, 'DICOMDIR'), folder);
    expect(objection).toBeUndefined();
    expect(files?.map(({ key }) => key).sort()).toEqual(
      [1, 2].flatMap((study) => [1, 2, 3].map((number) => `dicom/st${study}/im${number}`)),
    );
    expect(files?.every(({ record }) => /^record \d+, IMAGE$/.test(record))).toBe(true);
    expect(files?.map(({ sopInstanceUid }) => sopInstanceUid)).toContain('2.25.555113');
  });

  it('is imported whole, and its gaps are told', async () => {
    const rig = await intakeRig({ listen: false });
    const folder = medium();
    const run = () => importFolder(folder, { ...rig, temporaryFolder: rig.folder.spool });
    expect(await run()).toEqual({ files: 7, accepted: 6, resent: 0, conflicts: 0, refused: 1 });
    const other = await intakeRig({ listen: false });
    rmSync(join(folder, 'DICOM', 'ST2', 'IM2'));
    writeFileSync(join(folder, 'DICOM', 'ST2', 'IM9'), ctFile(2, 9));
    const { remarks, accepted } = await importFolder(folder, { ...other, temporaryFolder: other.folder.spool });
    expect(accepted).toBe(6);
    expect(remarks).toEqual([
      expect.stringMatching(/^1 file that a DICOMDIR lists/),
      expect.stringMatching(/^1 object/),
    ]);
    expect(other.ledger.countByCause('rejected')).toContainEqual({ cause: 'dicomdir-file-missing', count: 1 });
    expect(readFileSync(join(folder, 'DICOMDIR')).length).toBeGreaterThan(1000);
  });
});
