import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { DiskReserve } from '../../../node-agent/intake/disk-reserve.ts';
import { type FolderImportOptions, importFolder } from '../../../node-agent/intake/import/folder-import.ts';
import { part10Head } from '../../../node-agent/intake/part10-head.ts';
import { corpus } from '../../support/corpus.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { CT_STORAGE, dataSet, EXPLICIT_LITTLE } from '../receiver/raw-peer.ts';
import { databaseText, intakeRig, type Rig } from '../rig.ts';
import { type ZipMember, zip } from './zip-writer.ts';

function dicomFile(uid: string): Buffer {
  const values = { sopClassUid: CT_STORAGE, sopInstanceUid: uid, transferSyntaxUid: EXPLICIT_LITTLE };
  return Buffer.concat([part10Head({ ...values, sourceAeTitle: 'TEST' }), dataSet(uid)]);
}

function archive(members: readonly ZipMember[], folder = temporaryFolder()): string {
  const path = join(folder, 'Jane Secret.zip');
  writeFileSync(path, zip(members));
  return path;
}

function run(rig: Rig, source: string, options: Partial<FolderImportOptions> = {}) {
  return importFolder(source, { ...rig, temporaryFolder: rig.folder.spool, ...options });
}

function keptIn({ ledger, spool }: Rig): string[] {
  const rows = ledger.list('received', { limit: 1000, offset: 0 });
  return rows.map(({ objectId }) => readFileSync(spool.pathOf(objectId)).toString('hex')).sort();
}

function leftovers({ folder }: Rig): string[] {
  return readdirSync(folder.spool).filter((name) => name.endsWith('.tmp'));
}

describe('import of a ZIP archive', () => {
  it('takes deflated, stored and ZIP64 entries byte for byte, and says nothing of their names', async () => {
    const rig = await intakeRig({ listen: false });
    const files = ['1.2.7654321.1', '1.2.7654321.2', '1.2.7654321.3'].map(dicomFile) as [Buffer, Buffer, Buffer];
    const source = archive([
      { name: 'Secret/', content: Buffer.alloc(0), stored: true },
      { name: 'Secret/a', content: files[0] },
      { name: 'Secret/b', content: files[1], stored: true },
      { name: 'Secret/c', content: files[2], zip64: true },
    ]);
    expect(await run(rig, source)).toEqual({ files: 3, accepted: 3, resent: 0, conflicts: 0, refused: 0 });
    expect(keptIn(rig)).toEqual(files.map((file) => file.toString('hex')).sort());
    expect(leftovers(rig)).toEqual([]);
    expect(rig.log.join('\n') + databaseText(rig)).not.toMatch(/Secret|7654321/);
    expect(await run(rig, source)).toMatchObject({ accepted: 3, resent: 3 });
    expect(rig.ledger.counts().received).toBe(3);
  });

  it('takes the archives found in a folder beside its files', async () => {
    const rig = await intakeRig({ listen: false });
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'cd'));
    writeFileSync(join(folder, 'plain'), dicomFile('1.2.1'));
    archive([{ name: 'x', content: dicomFile('1.2.2') }], join(folder, 'cd'));
    expect(await run(rig, folder)).toMatchObject({ files: 2, accepted: 2 });
  });

  it('never uses a name of the archive as a path', async () => {
    const rig = await intakeRig({ listen: false });
    const names = ['../../outside.dcm', '/tmp/outside-of-gatehouse.dcm', 'C:\\outside.dcm', '..\\outside.dcm'];
    const source = archive(names.map((name, index) => ({ name, content: dicomFile(`1.2.${index}`) })));
    const before = readdirSync(rig.folder.root, { recursive: true }).filter((name) => !`${name}`.includes('spool'));
    expect(await run(rig, source)).toMatchObject({ accepted: names.length, refused: 0 });
    const after = readdirSync(rig.folder.root, { recursive: true }).filter((name) => !`${name}`.includes('spool'));
    expect(after.sort()).toEqual(before.sort());
    expect(readdirSync('/tmp')).not.toContain('outside-of-gatehouse.dcm');
  });

  it('refuses encrypted, damaged and uncommon entries with the cause and takes the others', async () => {
    const rig = await intakeRig({ listen: false });
    const content = dicomFile('1.2.9');
    const source = archive([
      { name: 'encrypted', content, flags: 1 },
      { name: 'checksum', content, checksum: 1 },
      { name: 'longer than it says', content, claims: 10 },
      { name: 'method', content, method: 12 },
      { name: 'good', content: dicomFile('1.2.1') },
    ]);
    for (const attempt of [1, 2]) {
      expect(await run(rig, source), `${attempt}`).toMatchObject({ files: 5, accepted: 1, refused: 4 });
      expect(Object.fromEntries(rig.ledger.countByCause('rejected').map(({ cause, count }) => [cause, count]))).toEqual(
        {
          'zip-entry-encrypted': 1,
          'zip-entry-damaged': 2,
          'zip-entry-unsupported': 1,
        },
      );
    }
    expect(leftovers(rig)).toEqual([]);
  });

  it('records an archive that is cut short', async () => {
    const rig = await intakeRig({ listen: false });
    const source = archive([{ name: 'a', content: dicomFile('1.2.1') }]);
    writeFileSync(source, readFileSync(source).subarray(0, -30));
    expect(await run(rig, source)).toMatchObject({ files: 1, refused: 1 });
    expect(rig.ledger.countByCause('rejected')).toEqual([{ cause: 'zip-damaged', count: 1 }]);
  });

  it.each([
    ['too many entries', { entries: 2 }],
    ['too much in all', { totalBytes: 1000 }],
    ['too much for its size', { ratio: 10, bytesWithoutRatio: 1000 }],
  ])('stops at %s', async (_name, archiveLimits) => {
    const rig = await intakeRig({ listen: false });
    const members = ['a', 'b', 'c'].map((name) => ({ name, content: Buffer.alloc(100_000) }));
    const { refused } = await run(rig, archive(members), { archiveLimits });
    expect(refused).toBe(1);
    expect(rig.ledger.countByCause('rejected')).toEqual([{ cause: 'zip-beyond-limits', count: 1 }]);
  });

  describe('that holds one large entry', () => {
    /** A reserve that does something at its fifth look, when no second entry has been reached yet. */
    const atFifthLook = (act: () => boolean) => {
      let looks = 0;
      return {
        get nearlyFull(): boolean {
          looks += 1;
          return looks === 5 && act();
        },
      } as DiskReserve;
    };
    const large = () => archive([{ name: 'large', content: Buffer.alloc(20_000_000), stored: true }]);

    it('stops inside it when the import is cancelled, and leaves no copy', async () => {
      const rig = await intakeRig({ listen: false });
      const cancelling = new AbortController();
      const reserve = atFifthLook(() => {
        cancelling.abort();
        return false;
      });
      await expect(run(rig, large(), { reserve, signal: cancelling.signal })).rejects.toThrow(/abort/i);
      expect(rig.ledger.counts().received).toBe(0);
      expect(leftovers(rig)).toEqual([]);
    });

    it('stops inside it when the disk is nearly full, and leaves no copy', async () => {
      const rig = await intakeRig({ listen: false });
      await expect(run(rig, large(), { reserve: atFifthLook(() => true) })).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(rig.ledger.counts().received).toBe(0);
      expect(leftovers(rig)).toEqual([]);
    });
  });

  it('leaves no copy when what a file is cannot be found out for want of room', async ({ skip }) => {
    const rig = await intakeRig({ listen: false });
    const disk = temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return skip('file systems cannot be mounted here');
    }
    try {
      const deflated = {
        sopClassUid: CT_STORAGE,
        sopInstanceUid: '1.2.5',
        transferSyntaxUid: '1.2.840.10008.1.2.1.99',
      };
      const content = Buffer.concat([
        part10Head({ ...deflated, sourceAeTitle: 'TEST' }),
        deflateRawSync(Buffer.concat([dataSet('1.2.5'), Buffer.alloc(8_000_000, 'x')])),
      ]);
      const source = archive([{ name: 'inflates', content }]);
      await expect(run(rig, source, { temporaryFolder: disk })).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  const files = corpus();
  it.skipIf(!files)(
    'takes the corpus byte for byte, with the same figures as from its folder',
    { timeout: 120_000 },
    async () => {
      const [zipped, plain] = [await intakeRig({ listen: false }), await intakeRig({ listen: false })];
      const members = (files ?? []).map(({ name, path }) => ({ name, content: readFileSync(path) }));
      const folder = temporaryFolder();
      for (const { name, content } of members) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      const progress = await run(zipped, archive(members));
      expect(progress).toEqual(await run(plain, folder));
      expect(progress.files).toBe(members.length);
      const originals = new Set(members.map(({ content }) => content.toString('hex')));
      const kept = keptIn(zipped);
      expect(kept).toHaveLength(zipped.ledger.counts().waiting);
      expect(kept.every((bytes) => originals.has(bytes))).toBe(true);
      expect(leftovers(zipped)).toEqual([]);
    },
  );
});
