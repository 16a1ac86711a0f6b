import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFolder } from '../../../node-agent/intake/import/folder-import.ts';
import { corpus } from '../../support/corpus.ts';
import { random } from '../../support/random.ts';
import { counted } from '../../support/soak.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { CT_STORAGE } from '../receiver/raw-peer.ts';
import { databaseText, keptFiles, until } from '../rig.ts';
import { BOUNDARY, multipart, relatedType } from './multipart-writer.ts';
import { dicomFile, STUDY, type StowRig, send, stowRig } from './stow-rig.ts';

const part = (content: Buffer) => ({ content });
const files = (...uids: string[]) => multipart(uids.map((uid) => part(dicomFile(uid))));

function keptBytes({ intake: { ledger, spool } }: StowRig): string[] {
  const rows = ledger.list('received', { limit: 1000, offset: 0 });
  return rows.map(({ objectId }) => readFileSync(spool.pathOf(objectId)).toString('hex')).sort();
}

describe('storing over DICOMweb', () => {
  it('keeps each object byte for byte and says so when it is durable', async () => {
    const rig = await stowRig();
    const one = dicomFile('1.2.7654321.1', { pixelBytes: 1_000_000 });
    const two = dicomFile('1.2.7654321.2');
    const answer = await send(rig, { body: multipart([part(one), part(two)]) });
    expect(answer).toMatchObject({ status: 200, failed: {}, other: [] });
    expect(answer.stored).toEqual(['1.2.7654321.1', '1.2.7654321.2']);
    expect(answer.headers['content-type']).toBe('application/dicom+json');
    const module = JSON.parse(answer.text);
    expect(module['00081199'].Value[0]).toEqual({
      '00081150': { vr: 'UI', Value: [CT_STORAGE] },
      '00081155': { vr: 'UI', Value: ['1.2.7654321.1'] },
      '00081190': { vr: 'UR' },
    });
    expect(keptBytes(rig)).toEqual([one.toString('hex'), two.toString('hex')].sort());
    expect(rig.intake.ledger.counts()).toMatchObject({ received: 2, waiting: 2, bytes: one.length + two.length });
  });

  it('stands in the association record under the name of the token, without the token', async () => {
    const rig = await stowRig();
    await send(rig, { body: files('1.2.7654321.1', '1.2.7654321.2') });
    expect(rig.intake.associations.newest(1)[0]).toMatchObject({
      callingAeTitle: 'STOW-RS',
      peerTag: 'CT archive',
      remoteAddress: '127.0.0.1',
      outcome: 'answered with status 200',
      objects: 2,
      failures: 0,
    });
    const written = rig.intake.log.join('\n') + databaseText(rig.intake);
    expect(written).not.toContain(rig.token.slice(-20));
    expect(written).not.toContain('7654321');
  });

  it('knows an object again that came by another way, and counts it once', async () => {
    const rig = await stowRig();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'one'), dicomFile('1.2.1'));
    await importFolder(folder, { ...rig.intake, temporaryFolder: rig.intake.folder.spool });
    expect(await send(rig, { body: files('1.2.1') })).toMatchObject({ status: 200, stored: ['1.2.1'] });
    expect(rig.intake.ledger.counts()).toMatchObject({ received: 1, waiting: 1 });
    expect(keptFiles(rig.intake)).toHaveLength(1);
    const other = multipart([part(dicomFile('1.2.1', { text: 'other content' }))]);
    expect(await send(rig, { body: other })).toMatchObject({ status: 200, stored: ['1.2.1'] });
    expect(rig.intake.ledger.counts()).toMatchObject({ received: 2, quarantined: 1 });
  });

  it('takes objects of the study in the address alone', async () => {
    const rig = await stowRig();
    const body = multipart([part(dicomFile('1.2.1')), part(dicomFile('1.2.2', { study: '1.2.3' }))]);
    const answer = await send(rig, { path: `/studies/${STUDY}`, body });
    expect(answer).toMatchObject({ status: 202, stored: ['1.2.1'], failed: { '1.2.2': 0xa900 } });
    expect(answer.headers.warning).toMatch(/^299 Gatehouse ".*another study/);
    expect(keptFiles(rig.intake)).toHaveLength(1);
    expect(await send(rig, { path: '/studies/1.2.9', body: files('1.2.5') })).toMatchObject({
      status: 409,
      failed: { '1.2.5': 0xa900 },
    });
    expect(await send(rig, { path: '/studies/Jane', body: files('1.2.5') })).toMatchObject({ status: 400 });
  });

  it('names the reason of each part that is not taken, and keeps the others', async () => {
    const rig = await stowRig();
    const good = dicomFile('1.2.1');
    const text = dicomFile('1.2.77.78').toString('latin1').replaceAll('1.2.77.78\0', 'Jane^Jane\0');
    const noUid = Buffer.from(text, 'latin1');
    const body = multipart([
      { content: Buffer.from('no DICOM at all') },
      { content: Buffer.alloc(0) },
      { content: good, type: 'application/octet-stream' },
      part(dicomFile('1.2.4', { sopClassUid: '1.2.840.10008.1.3.10' })),
      part(dicomFile('1.2.5', { sopClassUid: '1.2.840.10008.3.1.1.1' })),
      part(noUid),
      part(dicomFile('1.2.7', { transferSyntaxUid: '1.2.3.4.5.6' })),
      { content: good, type: undefined },
    ]);
    const answer = await send(rig, { body });
    expect(answer).toMatchObject({ status: 202, stored: ['1.2.1'], failed: { '1.2.5': 0x0122 } });
    expect(answer.other).toEqual([0xc000, 0xc000, 0xc001, 0x0122, 0xc002, 0xc000]);
    expect(answer.headers.warning?.split('299 Gatehouse')).toHaveLength(5);
    expect(keptFiles(rig.intake)).toHaveLength(1);
    expect(rig.intake.ledger.counts()).toMatchObject({ received: 1 });
    expect(rig.intake.associations.newest(1)[0]).toMatchObject({ objects: 1, failures: 7 });
  });

  it('answers what it cannot take at all with the status of the standard and a sentence', async () => {
    const rig = await stowRig({ mostBytes: 1_000_000 });
    const body = files('1.2.1');
    const cases: [Parameters<typeof send>[1], number, RegExp][] = [
      [{ method: 'GET' }, 405, /gives nothing back/],
      [{ path: '/series', body }, 404, /\/studies\/\{study\}/],
      [{ body, headers: { 'content-type': 'application/dicom' } }, 415, /multipart\/related/],
      [
        { body, headers: { 'content-type': relatedType(BOUNDARY, 'application/dicom+json') } },
        415,
        /whole DICOM files/,
      ],
      [{ body, headers: { 'content-type': relatedType(BOUNDARY, 'application/dicom+xml') } }, 415, /whole DICOM files/],
      [{ body, headers: { 'content-type': relatedType(BOUNDARY, 'image/jpeg') } }, 415, /DICOM files/],
      [{ body, headers: { 'content-type': 'multipart/related; type="application/dicom"' } }, 400, /no boundary/],
      [{ body, headers: { 'content-type': relatedType('b'.repeat(71)) } }, 400, /1 to 70 characters/],
      [{ body, headers: { accept: 'application/dicom+xml' } }, 406, /application\/dicom\+json alone/],
      [{ body, headers: { authorization: '' } }, 401, /needs a token/],
      [{ body: multipart([part(Buffer.alloc(1_100_000))]) }, 413, /http\.uploadMegabytes/],
    ];
    for (const [sending, status, sentence] of cases) {
      const answer = await send(rig, sending);
      expect(answer.status, answer.text).toBe(status);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(JSON.parse(answer.text).detail).toMatch(sentence);
    }
    expect((await send(rig, { method: 'GET' })).headers.allow).toBe('POST');
    expect(rig.intake.ledger.counts().received).toBe(0);
    expect(keptFiles(rig.intake)).toEqual([]);
  });

  it('asks to come again later while it is paused, the disk is nearly full, or too many come', async () => {
    const rig = await stowRig({ associationReserveBytes: 2_000, reserveBytes: 1_000, mostRequests: 0 });
    const body = files('1.2.1');
    const later = async () => {
      const answer = await send(rig, { body });
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '60' } });
      return JSON.parse(answer.text).detail as string;
    };
    expect(await later()).toMatch(/Too many requests/);
    rig.intake.pause.pause('anna');
    expect(await later()).toMatch(/paused by anna/);
    rig.intake.pause.resume('anna');
    rig.intake.free = 1_500;
    await until(() => rig.intake.associationReserve.nearlyFull);
    expect(await later()).toMatch(/nearly full/);
  });

  it('refuses the objects with A700 when the disk fills up, and records that', async () => {
    const rig = await stowRig({ associationReserveBytes: 0, reserveBytes: 1_000 });
    rig.intake.free = 500;
    const answer = await send(rig, { body: files('1.2.1', '1.2.2') });
    expect(answer).toMatchObject({ status: 503, stored: [], failed: { '1.2.1': 0xa700, '1.2.2': 0xa700 } });
    expect(answer.headers['retry-after']).toBe('60');
    expect(rig.intake.ledger.countByCause('rejected')).toEqual([{ cause: 'out-of-space', count: 2 }]);
    expect(keptFiles(rig.intake)).toEqual([]);
  });

  it('keeps what was complete when the rest is missing, malformed or too much', async () => {
    const rig = await stowRig({ mostBytes: 20_000, multipartLimits: { parts: 2 } });
    const whole = files('1.2.1', '1.2.2');
    const cut = await send(rig, { body: whole.subarray(0, whole.length - 100) });
    expect(cut).toMatchObject({ status: 202, stored: ['1.2.1'], other: [0xc003] });
    expect(cut.headers.warning).toMatch(/ends before its closing boundary/);
    const many = await send(rig, { body: files('1.2.3', '1.2.4', '1.2.5') });
    expect(many).toMatchObject({ status: 202, stored: ['1.2.3', '1.2.4'], other: [0xc003] });
    const large = multipart([part(dicomFile('1.2.6')), part(dicomFile('1.2.7', { pixelBytes: 30_000 }))]);
    const pieces = [large.subarray(0, 1_000), large.subarray(1_000)];
    expect(await send(rig, { body: pieces })).toMatchObject({ status: 202, stored: ['1.2.6'], other: [0xc004] });
    const empty = await send(rig, { body: Buffer.from(`--${BOUNDARY}--`) });
    expect(empty).toMatchObject({ status: 400, stored: [] });
    const wrong = await send(rig, { body: whole, headers: { 'content-type': relatedType('another') } });
    expect(wrong).toMatchObject({ status: 400, stored: [], other: [0xc003] });
    expect(keptFiles(rig.intake)).toHaveLength(4);
  });

  it('keeps what was complete and durable when the sender goes away', async () => {
    const rig = await stowRig();
    const body = files('1.2.1', '1.2.2', '1.2.3');
    const socket = connect(Number(new URL(rig.api.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /dicom-web/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${rig.token}\r\n` +
        `Content-Type: ${relatedType()}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, body.length - 200));
    await until(() => rig.intake.ledger.counts().received === 2);
    socket.destroy();
    const row = await until(() => {
      const [newest] = rig.intake.associations.newest(1);
      return newest?.endedAt ? newest : undefined;
    });
    expect(row).toMatchObject({ outcome: 'aborted by the sender', objects: 2 });
    await rig.stow.stop();
    expect(keptFiles(rig.intake)).toHaveLength(2);
    expect(rig.intake.spool.list()).toHaveLength(2);
    expect(rig.api.faults).toEqual([]);
  });

  it('takes the real files of the corpus as an import takes them', { timeout: 120_000 }, async ({ skip }) => {
    const found = corpus();
    if (!found) return skip('the corpus is not there');
    const rig = await stowRig();
    const other = await stowRig();
    const chosen = found.slice(0, counted(60, 1_000));
    for (const { path } of chosen) {
      await send(rig, { body: multipart([part(readFileSync(path))]) });
    }
    const folder = temporaryFolder();
    for (const [index, { path }] of chosen.entries()) {
      writeFileSync(join(folder, String(index).padStart(4, '0')), readFileSync(path));
    }
    await importFolder(folder, { ...other.intake, temporaryFolder: other.intake.folder.spool });
    // What cannot be read is kept by an import and refused here: the sender still has it.
    expect(other.intake.ledger.counts().waiting).toBeGreaterThanOrEqual(rig.intake.ledger.counts().waiting);
    expect(rig.intake.ledger.counts().waiting).toBeGreaterThan(chosen.length / 2);
    const again = await importFolder(folder, { ...rig.intake, temporaryFolder: rig.intake.folder.spool });
    expect(again.conflicts).toBe(0);
  });

  it('survives whatever comes in place of a request, and goes on', { timeout: 120_000 }, async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    console.log(`hostile multiparts: seed ${seed}`);
    const next = random(seed);
    const pick = (count: number) => Math.floor(next() * count);
    const rig = await stowRig({ multipartLimits: { headerBytes: 2_000, parts: 50, paddingBytes: 2_000 } });
    const uids = Array.from({ length: 5 }, (_, index) => `1.2.${index + 1}`);
    for (let round = 0; round < counted(150, 5_000); round += 1) {
      const body = files(...uids.slice(0, 1 + pick(5)));
      for (let count = pick(4); count > 0; count -= 1) {
        const at = pick(body.length);
        const kind = pick(3);
        if (kind === 0) body[at] = pick(256);
        else if (kind === 1) randomBytes(pick(40)).copy(body, at);
        else Buffer.from(`\r\n--${BOUNDARY}`).copy(body, at);
      }
      const sent = pick(3) === 0 ? body.subarray(0, pick(body.length)) : body;
      const answer = await send(rig, { body: pick(2) === 0 ? sent : pieces(sent, pick) });
      expect([200, 202, 400, 409], `seed ${seed}, round ${round}: ${answer.text}`).toContain(answer.status);
    }
    expect(await send(rig, { body: files('1.2.99') })).toMatchObject({ status: 200, stored: ['1.2.99'] });
    const counts = rig.intake.ledger.counts();
    expect(counts.received).toBe(counts.waiting + counts.quarantined);
    expect(keptFiles(rig.intake)).toHaveLength(counts.waiting);
    expect(rig.api.faults).toEqual([]);
  });
});

function pieces(bytes: Buffer, pick: (count: number) => number): Buffer[] {
  const found: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const end = offset + 1 + pick(900);
    found.push(bytes.subarray(offset, end));
    offset = end;
  }
  return found;
}

describe('an endless header', () => {
  it('is cut off while it comes, with an answer', async () => {
    const rig = await stowRig();
    const socket = connect(Number(new URL(rig.api.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /dicom-web/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${rig.token}\r\n` +
        `Content-Type: ${relatedType()}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const write = (bytes: Buffer) =>
      socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]));
    write(Buffer.from(`--${BOUNDARY}\r\nX-Endless: `));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    const timer = setInterval(() => write(Buffer.alloc(10_000, 'x')), 5);
    try {
      await until(() => text.includes('\r\n\r\n'));
    } finally {
      clearInterval(timer);
      socket.destroy();
    }
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toMatch(/up to 16384 bytes/);
  });
});
