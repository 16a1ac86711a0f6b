import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ImportUploads } from '../../node-agent/pipeline/import-uploads.ts';
import { zip } from '../intake/import/zip-writer.ts';
import { until } from '../intake/rig.ts';
import { type ApiRig, apiRig, type RawAnswer } from './rig.ts';

const ARCHIVE = zip([{ name: 'a', content: randomBytes(100_000) }]);

/** Pieces are sent chunked, without a length; the connection is the request's own. */
function upload(
  rig: ApiRig,
  cookie: string,
  body: Buffer | readonly Buffer[],
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(rig.url);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        hostname,
        port,
        path: '/api/v1/imports/upload',
        method: 'POST',
        agent: false,
        headers: { cookie, 'content-type': 'application/zip', ...headers },
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: JSON.parse(text) }),
        );
      },
    );
    outgoing.on('error', reject);
    if (Buffer.isBuffer(body)) outgoing.end(body);
    else {
      for (const piece of body as readonly Buffer[]) outgoing.write(piece);
      outgoing.end();
    }
  });
}

function waiting({ foundation }: ApiRig): string[] {
  return readdirSync(foundation.folder.uploads);
}

describe('a ZIP archive from the console', () => {
  it('is on the disk as it came before its import is asked for, and is wanted until that has ended', async () => {
    const rig = await apiRig();
    const cookie = await rig.cookieOf('anna', 'administrator');
    const pieces = [ARCHIVE.subarray(0, 3), ARCHIVE.subarray(3, 50_000), ARCHIVE.subarray(50_000)];
    for (const body of [ARCHIVE, pieces]) {
      const answer = await upload(rig, cookie, body);
      expect(answer).toMatchObject({ status: 200, json: { state: 'waiting', files: 0 } });
    }
    const { importRequests, folder, audit } = rig.foundation;
    expect(waiting(rig)).toHaveLength(2);
    for (const path of importRequests.pendingFolders()) expect(readFileSync(path)).toEqual(ARCHIVE);
    expect(
      audit.page(0, 10).rows.filter(({ action, actor }) => action === 'import.uploaded' && actor === 'anna'),
    ).toHaveLength(2);
    const uploads = new ImportUploads({
      folder: folder.uploads,
      reserve: { nearlyFull: false } as never,
      freeBytes: () => 1,
      reserveBytes: 0,
      mostBytes: 1,
    });
    const next = importRequests.takeNext();
    await uploads.removeAllBut(importRequests.pendingFolders());
    expect(waiting(rig)).toHaveLength(2);
    importRequests.end(next?.id ?? '', 'done', 'x');
    await uploads.removeAllBut(importRequests.pendingFolders());
    expect(existsSync(next?.folder ?? '')).toBe(false);
    expect(waiting(rig)).toHaveLength(1);
    for (const { id } of importRequests.list()) importRequests.cancel(id);
    await uploads.removeAllBut(importRequests.pendingFolders());
    expect(waiting(rig)).toEqual([]);
  });

  it('is refused with a sentence, and leaves nothing, where it cannot be taken', async () => {
    const rig = await apiRig({ mostUploadBytes: 200_000 });
    const anna = await rig.cookieOf('anna', 'administrator');
    const vera = await rig.cookieOf('vera', 'viewer');
    const large = Buffer.concat([ARCHIVE, Buffer.alloc(200_000)]);
    const type = { 'content-type': 'text/plain' };
    const cases: [RawAnswer, number, RegExp][] = [
      [await upload(rig, 'none=1', ARCHIVE), 401, /Sign in/],
      [await upload(rig, vera, ARCHIVE), 403, /role administrator/],
      [await upload(rig, anna, ARCHIVE, type), 415, /application\/zip/],
      [await upload(rig, anna, Buffer.from('no archive')), 415, /Pack the folder as ZIP/],
      [await upload(rig, anna, Buffer.alloc(0)), 415, /Pack the folder as ZIP/],
      [await upload(rig, anna, large), 413, /http\.uploadMegabytes/],
      [await upload(rig, anna, [ARCHIVE, Buffer.alloc(200_000)]), 413, /http\.uploadMegabytes/],
      [await upload(rig, anna, ARCHIVE, { origin: 'https://elsewhere.example' }), 403, /another web page/],
    ];
    rig.free = 50_000;
    cases.push([await upload(rig, anna, ARCHIVE), 507, /Free space/]);
    rig.free = 900;
    await until(() => rig.free === 900);
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // the reserve is looked up once a second
    cases.push([await upload(rig, anna, [ARCHIVE]), 507, /Free space/]);
    for (const [answer, status, sentence] of cases) {
      expect(answer.status, answer.text).toBe(status);
      expect(answer.json?.detail).toMatch(sentence);
    }
    expect(waiting(rig)).toEqual([]);
    expect(rig.foundation.importRequests.list()).toEqual([]);
    expect(rig.faults).toEqual([]);
  });

  it('leaves nothing when the browser goes away in the middle', async () => {
    const rig = await apiRig();
    const cookie = await rig.cookieOf('anna', 'administrator');
    const socket = connect(Number(new URL(rig.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /api/v1/imports/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\n` +
        `Content-Type: application/zip\r\nContent-Length: ${ARCHIVE.length}\r\n\r\n`,
    );
    socket.write(ARCHIVE.subarray(0, 60_000));
    await until(() => waiting(rig).length === 1);
    socket.destroy();
    await until(() => waiting(rig).length === 0);
    expect(rig.foundation.importRequests.list()).toEqual([]);
    expect(rig.faults).toEqual([]);
  });
});

describe('the conformance statement', () => {
  it('is a page of its own for whoever is signed in, with a style sheet that is let through', async () => {
    const rig = await apiRig();
    const { raw } = await import('./rig.ts');
    expect((await raw(rig.url, '/api/v1/conformance-statement')).status).toBe(401);
    const cookie = await rig.cookieOf('vera', 'viewer');
    const { status, text, headers } = await raw(rig.url, '/api/v1/conformance-statement', { headers: { cookie } });
    expect(status).toBe(200);
    const nonce = /nonce="([^"]+)"/.exec(text)?.[1] ?? 'none';
    expect(headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
    expect(join('/', nonce)).not.toBe('/none');
  });
});
