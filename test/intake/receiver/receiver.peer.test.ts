/** DCMTK as an independent sender. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { part10Head } from '../../../node-agent/intake/part10-head.ts';
import { corpus } from '../../support/corpus.ts';
import { sendFolder } from '../../support/pacs-simulator.ts';
import type { PeerProgram } from '../../support/peer-programs.ts';
import { PEER_ENVIRONMENT, peer } from '../../support/peers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { dataSetBytes, endedAssociation, intakeRig, keptFiles, type Rig } from '../rig.ts';
import { CT_STORAGE, dataSet, EXPLICIT_LITTLE } from './raw-peer.ts';

const execute = promisify(execFile);

async function dcmtk(program: PeerProgram, ...words: string[]): Promise<{ code: number; output: string }> {
  try {
    const { stdout, stderr } = await execute(peer(program) ?? program, words, {
      env: PEER_ENVIRONMENT,
      maxBuffer: 2 ** 26,
    });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

/** Writes synthetic CT objects; the pixel data makes the size. */
function writeObjects(folder: string, prefix: string, count: number, pixelBytes: number): void {
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < count; index += 1) {
    const sopInstanceUid = `1.2.826.0.1.3680043.9.1.${prefix}.${index + 1}`;
    const head = part10Head({
      sopClassUid: CT_STORAGE,
      sopInstanceUid,
      transferSyntaxUid: EXPLICIT_LITTLE,
      sourceAeTitle: 'TEST',
    });
    const pixelHeader = Buffer.from('e07f10004f57000000000000', 'hex');
    pixelHeader.writeUInt32LE(pixelBytes, 8);
    const pixels = Buffer.alloc(pixelBytes, index + 1);
    writeFileSync(join(folder, `${index}.dcm`), Buffer.concat([head, dataSet(sopInstanceUid), pixelHeader, pixels]));
  }
}

/** SHA-256 of each data set; a deflated one of odd length travels with a null byte more (PS3.5 §A.5). */
async function digests(paths: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const path of paths) {
    const bytes = await dataSetBytes(path);
    const padding = Buffer.alloc(bytes.length % 2);
    all.push(createHash('sha256').update(bytes).update(padding).digest('hex'));
  }
  return all.sort();
}

function spooled(rig: Rig): string[] {
  return keptFiles(rig).map((id) => rig.spool.pathOf(id));
}

describe.skipIf(!peer('echoscu'))('echoscu', () => {
  it('is answered, and 500 echoes on one association stay fast', async () => {
    const rig = await intakeRig();
    const started = performance.now();
    const { code } = await dcmtk('echoscu', '-aec', 'GATEHOUSE', '--repeat', '500', '127.0.0.1', String(rig.port));
    expect(code).toBe(0);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect((await endedAssociation(rig)).outcome).toBe('released');
  });

  it('is told that the called AE title is wrong', async () => {
    const rig = await intakeRig();
    const { code, output } = await dcmtk('echoscu', '-aec', 'WRONG', '127.0.0.1', String(rig.port));
    expect(code).not.toBe(0);
    expect(output).toMatch(/Called AE Title Not Recognized/i);
  });

  it('can propose as many contexts and syntaxes as it likes, and abort', async () => {
    const rig = await intakeRig();
    const words = ['-aec', 'GATEHOUSE', '-ppc', '128', '-pts', '38', '127.0.0.1', String(rig.port)];
    expect((await dcmtk('echoscu', ...words)).code).toBe(0);
    expect((await dcmtk('echoscu', '--abort', ...words)).code).toBe(0);
    expect((await endedAssociation(rig)).outcome).toBe('aborted by the peer');
  });
});

describe.skipIf(!peer('storescu'))('storescu and dcmsend', () => {
  it('store over four associations at once, byte for byte', async () => {
    const rig = await intakeRig();
    const root = temporaryFolder();
    const lots = ['1', '2', '3', '4'];
    for (const lot of lots) writeObjects(join(root, lot), lot, 25, 200_000);
    const send = (lot: string) =>
      dcmtk('storescu', '-aec', 'GATEHOUSE', '+sd', '+r', '127.0.0.1', String(rig.port), join(root, lot));
    const results = await Promise.all(lots.map(send));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(rig.ledger.counts()).toMatchObject({ received: 100, waiting: 100 });
    const sources = lots.flatMap((lot) => Array.from({ length: 25 }, (_, index) => join(root, lot, `${index}.dcm`)));
    expect(await digests(spooled(rig))).toEqual(await digests(sources));
  });

  it('count a series that is sent again once', async () => {
    const rig = await intakeRig();
    const folder = join(temporaryFolder(), 'series');
    writeObjects(folder, '5', 10, 1_000);
    for (let round = 0; round < 2; round += 1) {
      const { code } = await dcmtk('dcmsend', '-aec', 'GATEHOUSE', '+sd', '127.0.0.1', String(rig.port), folder);
      expect(code).toBe(0);
    }
    expect(rig.ledger.counts().received).toBe(10);
  });

  it('store a 200 MB object without the memory growing with it', async () => {
    const rig = await intakeRig();
    const folder = join(temporaryFolder(), 'large');
    writeObjects(folder, '6', 1, 200_000_000);
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 20);
    const file = join(folder, '0.dcm');
    const { code } = await dcmtk(
      'storescu',
      '-aec',
      'GATEHOUSE',
      '--max-send-pdu',
      '131072',
      '127.0.0.1',
      String(rig.port),
      file,
    );
    clearInterval(watch);
    expect(code).toBe(0);
    expect(peak - before).toBeLessThan(100_000_000);
    const [path = ''] = spooled(rig);
    expect((await dataSetBytes(path)).equals(await dataSetBytes(file))).toBe(true);
  });

  it('hear "out of resources" when the disk is nearly full', async () => {
    const rig = await intakeRig({ reserveBytes: 10 });
    const folder = join(temporaryFolder(), 'series');
    writeObjects(folder, '7', 1, 1_000);
    rig.free = 1;
    const words = ['-v', '-aec', 'GATEHOUSE', '127.0.0.1', String(rig.port), join(folder, '0.dcm')];
    const { code, output } = await dcmtk('storescu', ...words);
    expect(code).not.toBe(0);
    expect(output).toMatch(/Temporary Congestion|Local Limit/i);
  });
});

describe('the corpus', () => {
  const valid = corpus()?.filter(({ theme }) => theme !== 'malformed');

  it.skipIf(!valid)('is received whole: every object byte-identical and once', { timeout: 120_000 }, async () => {
    const rig = await intakeRig();
    const files = (valid ?? []).map(({ path }) => path);
    const options = { host: '127.0.0.1', port: rig.port, calledAeTitle: 'GATEHOUSE', callingAeTitle: 'PACS', files };
    const { sent, failed } = await sendFolder(options);
    // What the sender itself could not put into a command, and DICOMDIRs, which are no objects.
    const reasons = failed.map(({ file, status }) => `${file.startsWith('DICOMDIR') ? 'DICOMDIR: ' : ''}${status}`);
    for (const reason of reasons) expect(reason).toMatch(/^Not sent|^DICOMDIR: .*presentation context/);
    expect(sent).toBeGreaterThan(200);
    const answered = new Set(failed.map(({ file }) => file));
    const wanted = new Set(await digests(files.filter((path) => !answered.has(path.split('/').at(-1) ?? ''))));
    const kept = [
      ...spooled(rig),
      ...rig.ledger
        .list('quarantined', { limit: 500, offset: 0 })
        .map(({ objectId }) => rig.spool.quarantinePathOf(objectId)),
    ];
    expect(new Set(await digests(kept))).toEqual(wanted);
  });
});
