import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFolder } from '../../../node-agent/intake/import/folder-import.ts';
import { fileKey, readMediaDirectory } from '../../../node-agent/intake/import/media-directory.ts';
import { part10Head } from '../../../node-agent/intake/part10-head.ts';
import { random } from '../../support/random.ts';
import { counted } from '../../support/soak.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { CT_STORAGE, dataSet, EXPLICIT_LITTLE } from '../receiver/raw-peer.ts';
import { databaseText, intakeRig, type Rig } from '../rig.ts';
import { mediaDirectory, type WrittenRecord } from './media-writer.ts';
import { zip } from './zip-writer.ts';

function dicomFile(uid: string): Buffer {
  const values = { sopClassUid: CT_STORAGE, sopInstanceUid: uid, transferSyntaxUid: EXPLICIT_LITTLE };
  return Buffer.concat([part10Head({ ...values, sourceAeTitle: 'TEST' }), dataSet(uid)]);
}

/** One patient with one study and a series of these files; UIDs are numbered. */
function tree(...files: readonly (readonly string[])[]): WrittenRecord[] {
  const images = files.map((file, index) => ({ type: 'IMAGE', file, uid: `1.2.7654321.${index + 1}` }));
  return [{ type: 'PATIENT', lower: [{ type: 'STUDY', lower: [{ type: 'SERIES', lower: images }] }] }];
}

function medium(content: Readonly<Record<string, Buffer>>): string {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(content)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

function run(rig: Rig, source: string) {
  return importFolder(source, { ...rig, temporaryFolder: rig.folder.spool });
}

function reasons({ ledger }: Rig): (string | null)[] {
  return ledger
    .list('rejected', { limit: 100, offset: 0 })
    .map(({ cause, detail }) => `${cause}: ${detail}`)
    .sort();
}

async function objection(records: readonly WrittenRecord[], options = {}): Promise<string | undefined> {
  const folder = medium({ DICOMDIR: mediaDirectory(records, options) });
  return (await readMediaDirectory(join(folder, 'DICOMDIR'), folder)).objection;
}

describe('a medium with a DICOMDIR', () => {
  it('is imported without a word when it holds what the DICOMDIR lists, in whatever case its names are', async () => {
    const rig = await intakeRig({ listen: false });
    const source = medium({
      DICOMDIR: mediaDirectory(tree(['DICOM', 'IM1'], ['DICOM', 'IM2'], ['DICOM', 'IM3'])),
      'dicom/im1': dicomFile('1.2.7654321.1'),
      'dicom/IM2.;1': dicomFile('1.2.7654321.2'),
      'dicom/Im3': dicomFile('1.2.7654321.3'),
    });
    expect(await run(rig, source)).toEqual({ files: 4, accepted: 3, resent: 0, conflicts: 0, refused: 1 });
    expect(rig.ledger.countByCause('rejected')).toEqual([{ cause: 'dicomdir', count: 1 }]);
  });

  it('has its missing files told by their records, and the files it does not list taken and counted', async () => {
    const rig = await intakeRig({ listen: false });
    const source = medium({
      dicomdir: mediaDirectory(tree(['SECRET', 'IM1'], ['SECRET', 'JANE'], ['SECRET', 'IM3'])),
      'SECRET/IM1': dicomFile('1.2.7654321.1'),
      'SECRET/EXTRA': dicomFile('1.2.7654321.8'),
      'VIEWER.EXE': Buffer.from('no DICOM'),
    });
    const { remarks, ...counts } = await run(rig, source);
    expect(counts).toMatchObject({ files: 4, accepted: 2, refused: 2 });
    expect(remarks).toEqual([
      '2 files that a DICOMDIR lists are missing: copy the whole medium and import it again.',
      '1 object that no DICOMDIR lists came as well.',
    ]);
    expect(reasons(rig)).toEqual([
      expect.stringMatching(/^dicomdir-file-missing: .*not on the medium.*\(record 5, IMAGE\)$/),
      expect.stringMatching(/^dicomdir-file-missing: .*\(record 6, IMAGE\)$/),
      expect.stringMatching(/^dicomdir: /),
      expect.stringMatching(/^not-dicom: /),
    ]);
    expect(rig.log.join('\n') + databaseText(rig)).not.toMatch(/SECRET|JANE|7654321/i);
    await run(rig, source);
    expect(rig.ledger.counts().received).toBe(6);
    writeFileSync(join(source, 'SECRET', 'JANE'), dicomFile('1.2.7654321.2'));
    await run(rig, source);
    expect(rig.ledger.countByCause('rejected')).toContainEqual({ cause: 'dicomdir-file-missing', count: 1 });
  });

  it('says nothing of a missing file whose object is here already, beside that it is missing', async () => {
    const rig = await intakeRig({ listen: false });
    await run(rig, medium({ one: dicomFile('1.2.7654321.1') }));
    const { remarks } = await run(rig, medium({ DICOMDIR: mediaDirectory(tree(['IM1'])) }));
    expect(remarks).toHaveLength(1);
    expect(rig.ledger.countByCause('rejected')).toEqual([{ cause: 'dicomdir', count: 1 }]);
  });

  it('stands beside others, each with its own files', async () => {
    const rig = await intakeRig({ listen: false });
    const source = medium({
      'cd1/DICOMDIR': mediaDirectory(tree(['A'])),
      'cd1/A': dicomFile('1.2.1'),
      'cd2/A': dicomFile('1.2.2'),
      'cd2/DICOMDIR': mediaDirectory(tree(['A'], ['B'])),
      loose: dicomFile('1.2.3'),
    });
    const { remarks, accepted } = await run(rig, source);
    expect([accepted, remarks]).toEqual([3, [expect.stringMatching(/^1 file that a DICOMDIR lists is missing/)]]);
  });

  it('comes in a ZIP archive as well, wherever the DICOMDIR stands in it', async () => {
    const rig = await intakeRig({ listen: false });
    const folder = temporaryFolder();
    const source = join(folder, 'cd.zip');
    writeFileSync(
      source,
      zip([
        { name: 'CD/dicom/im1', content: dicomFile('1.2.7654321.1') },
        { name: 'CD\\DICOM\\EXTRA', content: dicomFile('1.2.7654321.7') },
        { name: 'CD/DICOMDIR', content: mediaDirectory(tree(['DICOM', 'IM1'], ['DICOM', 'IM2'])) },
      ]),
    );
    const { remarks, ...counts } = await run(rig, source);
    expect(counts).toMatchObject({ files: 3, accepted: 2, refused: 1 });
    expect(remarks).toEqual([expect.stringMatching(/^1 file that/), expect.stringMatching(/^1 object that/)]);
    expect(rig.ledger.countByCause('rejected')).toHaveLength(2);
    expect(readdirSync(rig.folder.spool).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is not believed when it comes alone, as through a watched folder', async () => {
    const rig = await intakeRig({ listen: false });
    const source = medium({ DICOMDIR: mediaDirectory(tree(['IM1'])) });
    expect(await run(rig, join(source, 'DICOMDIR'))).toMatchObject({ files: 1, refused: 1 });
    expect(rig.ledger.countByCause('rejected')).toEqual([{ cause: 'dicomdir', count: 1 }]);
  });
});

describe('a DICOMDIR that does not hold together', () => {
  const image = { type: 'IMAGE', file: ['IM1'] };
  const cases: [string, () => Promise<string | undefined>, RegExp][] = [
    ['points beside its records', () => objection([{ ...image, spoil: (o) => ({ ...o, next: 7 }) }]), /point beside/],
    [
      'points far outside',
      () => objection([{ ...image, spoil: (o) => ({ ...o, lower: 0xfffffff0 }) }]),
      /point beside/,
    ],
    ['leads back to itself', () => objection([{ ...image, spoil: (o, own) => ({ ...o, next: own }) }]), /lead back/],
    ['goes down into itself', () => objection([{ ...image, spoil: (o, own) => ({ ...o, lower: own }) }]), /lead back/],
    ['begins nowhere', () => objection([image], { first: 1 }), /point beside/],
    ['begins with nothing', () => objection([image], { first: 0 }), /do not lead to/],
    ['ends too early', () => objection([{ ...image, spoil: (o) => ({ ...o, next: 0 }) }, image]), /do not lead to/],
    [
      'names a parent',
      () => objection([{ ...image, file: ['..', 'IM1'] }]),
      /outside its own folder \(record 1, IMAGE\)/,
    ],
    ['names the root', () => objection([{ ...image, file: ['', 'etc', 'passwd'] }]), /outside its own folder/],
    ['names a path', () => objection([{ ...image, file: ['a/../../b'] }]), /outside its own folder/],
    ['names a drive', () => objection([{ ...image, file: ['C:', 'IM1'] }]), /outside its own folder/],
  ];
  it.each(cases)('%s is refused with a sentence', async (_what, tried, sentence) => {
    expect(await tried()).toMatch(sentence);
    expect(await tried()).toMatch(/files of the folder were imported without it/);
  });

  it('leaves the files of the folder to be found by themselves', async () => {
    const rig = await intakeRig({ listen: false });
    const outside = medium({ outside: dicomFile('1.2.9') });
    const source = medium({
      DICOMDIR: mediaDirectory([{ ...image, file: ['..', 'outside'] }]),
      IM1: dicomFile('1.2.1'),
    });
    symlinkSync(outside, join(source, 'LINK'));
    const { remarks, ...counts } = await run(rig, source);
    expect(counts).toMatchObject({ files: 2, accepted: 1, refused: 1 });
    expect(remarks).toEqual(['1 DICOMDIR could not be followed; the files were imported all the same.']);
    expect(reasons(rig)).toEqual([expect.stringMatching(/^dicomdir-damaged: The DICOMDIR names a file outside/)]);
  });

  it('passes over what is no longer in use, with all below it', async () => {
    const lower = [{ type: 'IMAGE', file: ['GONE'] }];
    const folder = medium({ DICOMDIR: mediaDirectory([{ type: 'PATIENT', inactive: true, lower }, image]) });
    const { files } = await readMediaDirectory(join(folder, 'DICOMDIR'), folder);
    expect(files?.map(({ key }) => key)).toEqual(['im1']);
  });

  it('never brings the import down, whatever stands in it', { timeout: 60_000 }, async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    console.log(`hostile DICOMDIRs: seed ${seed}`);
    const next = random(seed);
    const pick = (count: number) => Math.floor(next() * count);
    const whole = mediaDirectory(tree(['A', 'B'], ['A', 'C'], ['D']));
    const folder = medium({ DICOMDIR: whole });
    const path = join(folder, 'DICOMDIR');
    let followed = 0;
    for (let round = 0; round < counted(300, 20_000); round += 1) {
      const bytes = Buffer.from(whole);
      for (let count = 1 + pick(3); count > 0; count -= 1) bytes[150 + pick(bytes.length - 150)] = pick(256);
      writeFileSync(path, pick(5) === 0 ? bytes.subarray(0, pick(bytes.length)) : bytes);
      const directory = await readMediaDirectory(path, folder).catch((error: Error) => {
        throw new Error(`seed ${seed}, round ${round}: ${error.stack}`);
      });
      if (directory.files) followed += 1;
      for (const { key } of directory.files ?? []) expect(key).not.toMatch(/(^|\/)\.\.?(\/|$)|^\//);
      expect(directory.objection ?? 'The DICOMDIR').toMatch(/^The (DICOMDIR|records of the DICOMDIR)/);
    }
    expect(followed).toBeGreaterThan(0);
  });
});

describe('the name that files are compared by', () => {
  it('forgets case, version and a dot at the end', () => {
    expect(fileKey(['DICOM', 'IM000001.;1'])).toBe('dicom/im000001');
    expect(fileKey(['a', 'b.dcm;12'])).toBe('a/b.dcm');
  });
});
