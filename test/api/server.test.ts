import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { apiRig, json, raw } from './rig.ts';

const PAGE = '<!doctype html><meta name="style-nonce" content="__STYLE_NONCE__"><title>Console</title>';

function consoleFolder(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'assets', 'index.js'), 'console.log(1)');
  return folder;
}

describe('requests that are wrong', () => {
  it('are answered with problem details that say what is wrong', async () => {
    const rig = await apiRig();
    const cookie = await rig.cookieOf('anna', 'administrator');
    const post = (path: string, body: string, type = 'application/json') =>
      raw(rig.url, path, { method: 'POST', headers: { cookie, 'content-type': type }, body });
    const cases = [
      [await post('/api/v1/datasets/preview', '{"modality":'), 400, /valid JSON, sent as application\/json/],
      [await post('/api/v1/datasets/preview', `"${'x'.repeat(300_000)}"`), 413, 'A request body may have up to 256kb.'],
      [await post('/api/v1/imports', '{"folder":5}'), 400, /^folder: .*string/],
      [await post('/api/v1/imports', 'folder=x', 'text/plain'), 400, /valid JSON, sent as application\/json/],
      [await post('/api/v1/users', '{"name":"x","password":"long enough, really","role":"king"}'), 400, /^role: /],
      [await raw(rig.url, '/api/v1/studies?limit=100000', { headers: { cookie } }), 400, /^limit: /],
      [await raw(rig.url, '/api/v1/studies?offset=-1', { headers: { cookie } }), 400, /^offset: /],
      [await raw(rig.url, '/api/v1/no-such-thing', { headers: { cookie } }), 404, /no such address/],
      [await raw(rig.url, '/api', { headers: { cookie } }), 404, /no such address/],
      [await raw(rig.url, '/api/v1/studies/%E0%A4%A', { headers: { cookie } }), 400, /malformed/],
      [await raw(rig.url, '/api/v1/studies/1.2.3', { headers: { cookie } }), 404, /no study with this UID/],
    ] as const;
    for (const [answer, status, detail] of cases) {
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.json).toEqual({
        type: 'about:blank',
        title: expect.any(String),
        status,
        detail: expect.stringMatching(detail),
      });
      expect(answer.status).toBe(status);
    }
    expect(rig.faults).toEqual([]);
  });

  it('do not reach the objects behind the API by names every object has', async () => {
    const rig = await apiRig();
    const cookie = await rig.cookieOf('anna', 'administrator');
    for (const id of ['__proto__', 'constructor', "' OR 1=1 --", '..%2f..%2fvault.db']) {
      const { status } = await raw(rig.url, `/api/v1/datasets/${encodeURIComponent(id)}`, { headers: { cookie } });
      expect(status).toBe(404);
    }
  });
});

describe('a fault of the node', () => {
  it('is told to the log and to the caller only as such', async () => {
    const rig = await apiRig({
      handlers: {
        listDatasets: () => {
          throw new TypeError('a detail of the inside');
        },
      },
    });
    const cookie = await rig.cookieOf('anna', 'viewer');
    const answer = await raw(rig.url, '/api/v1/datasets', { headers: { cookie } });
    expect(answer).toMatchObject({ status: 500, json: { title: 'Fault of the node' } });
    expect(answer.text).not.toContain('inside');
    expect(rig.faults).toEqual([
      { method: 'GET', route: '/api/v1/datasets', reason: 'TypeError: a detail of the inside' },
    ]);
  });

  it('drops fields that the contract does not name, so that nothing leaves by accident', async () => {
    const rig = await apiRig({
      handlers: {
        listUsers: () => [{ name: 'anna', role: 'viewer', createdAt: 'now', password: 'scrypt$secret' } as never],
        verifyAudit: () => ({ intact: true, entries: 1, sentence: 'Fine.', patientName: 'DOE^JANE' }) as never,
      },
    });
    const cookie = await rig.cookieOf('anna', 'administrator');
    const users = await raw(rig.url, '/api/v1/users', { headers: { cookie } });
    expect(users.json).toEqual([{ name: 'anna', role: 'viewer', createdAt: 'now' }]);
    const verdict = await raw(rig.url, '/api/v1/audit/verify', { method: 'POST', headers: { cookie } });
    expect(verdict.json).toEqual({ intact: true, entries: 1, sentence: 'Fine.' });
  });

  it('refuses to send an answer that breaks the contract', async () => {
    const rig = await apiRig({ handlers: { verifyAudit: () => ({ intact: 'DOE^JANE' }) as never } });
    const cookie = await rig.cookieOf('anna', 'administrator');
    const answer = await raw(rig.url, '/api/v1/audit/verify', { method: 'POST', headers: { cookie } });
    expect(answer.status).toBe(500);
    expect(answer.text + JSON.stringify(rig.faults)).not.toContain('DOE');
  });
});

describe('other web pages', () => {
  it('cannot reach the node under a name of their own (DNS rebinding)', async () => {
    const { url } = await apiRig();
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80']) {
      const { status } = await raw(url, '/api/v1/session', { headers: { host } });
      expect([host, status]).toEqual([host, 421]);
    }
    for (const host of ['127.0.0.1:8470', 'localhost:8470', 'localhost', '[::1]:8470']) {
      expect([host, (await raw(url, '/api/v1/session', { headers: { host } })).status]).toEqual([host, 200]);
    }
  });

  it('cannot change anything with the session of a signed-in person', async () => {
    const rig = await apiRig();
    const cookie = await rig.cookieOf('anna', 'administrator');
    const own = rig.url.slice(0, -1);
    const from = (headers: Record<string, string>) =>
      raw(rig.url, '/api/v1/datasets/preview', json('POST', {}, { cookie, ...headers }));
    expect((await from({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await from({ origin: 'null' })).status).toBe(403);
    expect((await from({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await from({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await from({ origin: own, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await from({})).status).toBe(200);
  });
});

describe('the console', () => {
  it('gets strict headers on every answer, the errors included', async () => {
    const { url } = await apiRig({ consoleFolder: consoleFolder() });
    const paths = ['/', '/studies', '/assets/index.js', '/assets/missing.js', '/api/v1/session', '/api/v1/users'];
    for (const path of [...paths, '/api/none', '/health', '/metrics']) {
      const { headers } = await raw(url, path);
      expect([path, headers['content-security-policy']]).toEqual([
        path,
        expect.stringMatching(/^default-src 'none'; script-src 'self';/),
      ]);
      expect(headers['content-security-policy']).toMatch(/frame-ancestors 'none'/);
      expect(String(headers['content-security-policy'])).not.toMatch(/unsafe|\*/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('gets a fresh style nonce with every page, the same in the header and in the page', async () => {
    const { url } = await apiRig({ consoleFolder: consoleFolder() });
    const nonces = new Set<string>();
    for (const path of ['/', '/', '/quarantine', '/index.html']) {
      const { headers, text } = await raw(url, path);
      const [, inPage = 'none in the page'] = /content="([^"]+)"/.exec(text) ?? [];
      const [, inHeader] = /style-src 'self' 'nonce-([^']+)'/.exec(String(headers['content-security-policy'])) ?? [];
      expect([path, inPage]).toEqual([path, inHeader]);
      expect(inPage).toHaveLength(24);
      expect(headers['cache-control']).toBe('no-store');
      nonces.add(inPage);
    }
    expect(nonces.size).toBe(4);
  });

  it('gets its files, and for a missing one an answer that says so', async () => {
    const { url } = await apiRig({ consoleFolder: consoleFolder() });
    expect((await raw(url, '/assets/index.js')).headers['cache-control']).toContain('immutable');
    expect(await raw(url, '/assets/missing.js')).toMatchObject({ status: 404, json: { title: 'Not found' } });
    for (const path of ['/assets/../../vault.db', '/assets/%2e%2e%2fvault.db', '/..%2f..%2fetc/passwd']) {
      const { text } = await raw(url, path);
      expect(text).not.toMatch(/root:|SQLite/);
    }
  });

  it('is not needed for the API', async () => {
    const { url } = await apiRig();
    expect((await raw(url, '/')).status).toBe(404);
    expect((await raw(url, '/api/v1/session')).status).toBe(200);
  });
});

describe('starting', () => {
  it('says that the port is in use and what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(apiRig({ port })).rejects.toThrow(`Port ${port} for the console is in use. Stop the program`);
  });
});
