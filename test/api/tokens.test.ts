import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Mount } from '../../node-agent/api/mounts.ts';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { runCommand } from '../support/running-agent.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type ApiRig, apiRig, json, raw } from './rig.ts';

const DAY_MS = 24 * 3600 * 1000;

/** A service that says who called. */
function echo(scope: Mount['scope'] = 'stow'): Mount {
  return {
    path: '/service',
    scope,
    handle: async ({ tokenName, path, headers }) => ({
      status: 200,
      contentType: 'text/plain',
      headers: {},
      body: `${tokenName} ${path} ${JSON.stringify(headers)}`,
    }),
  };
}

function call(rig: ApiRig, token?: string, path = '/service/x') {
  return raw(rig.url, path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
}

describe('a token', () => {
  it('is shown once, lets a program in until it is revoked, and says when it was used', async () => {
    const rig = await apiRig({ mounts: [echo()] });
    const anna = await rig.signedIn('anna', 'administrator');
    const { token, text } = await anna.call('addToken', { body: { name: 'CT archive', days: 30 } });
    expect(text).toMatch(/^gatehouse_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    expect(token).toMatchObject({ name: 'CT archive', scopes: ['stow'], createdBy: 'anna', lastUsedAt: null });
    expect(Date.parse(token.expiresAt) - Date.parse(token.createdAt)).toBe(30 * DAY_MS);
    const answer = await call(rig, text);
    expect(answer).toMatchObject({ status: 200, text: expect.stringMatching(/^CT archive \/x /) });
    expect(answer.text).not.toContain(text);
    const [listed] = await anna.call('listTokens');
    expect(listed?.lastUsedAt).not.toBeNull();
    expect(JSON.stringify(listed)).not.toContain(text.slice(-43));
    expect(await anna.call('revokeToken', { params: { id: token.tokenId } })).toMatchObject([
      { revokedAt: expect.any(String) },
    ]);
    expect((await call(rig, text)).status).toBe(401);
    await expect(anna.call('revokeToken', { params: { id: token.tokenId } })).rejects.toMatchObject({ status: 404 });
    const again = await anna.call('addToken', { body: { name: 'CT archive' } });
    expect((await call(rig, again.text)).status).toBe(200);
  });

  it('is nowhere on the disk, and each step of its life stands in the audit log', async () => {
    const rig = await apiRig({ mounts: [echo()] });
    const anna = await rig.signedIn('anna', 'administrator');
    const { token, text } = await anna.call('addToken', { body: { name: 'CT archive', days: 30 } });
    await call(rig, `${text.slice(0, -1)}~`);
    await anna.call('revokeToken', { params: { id: token.tokenId } });
    const { folder, audit } = rig.foundation;
    const files = [folder.indexDatabase, `${folder.indexDatabase}-wal`, join(folder.audit, 'audit.jsonl')];
    for (const file of files) expect(readFileSync(file, 'latin1')).not.toContain(text.slice(-20, -1));
    const entries = audit.page(0, 10).rows.filter(({ action }) => action.startsWith('token.'));
    expect(entries.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
      ['anna', 'token.revoked', 'CT archive'],
      ['unknown', 'token.refused', 'api'],
      ['anna', 'token.added', 'CT archive'],
    ]);
  });

  it('is for administrators to make, with a name of its own and an end', async () => {
    const rig = await apiRig();
    const viewer = { cookie: await rig.cookieOf('vera', 'viewer') };
    expect((await raw(rig.url, '/api/v1/tokens', { headers: viewer })).status).toBe(403);
    expect((await raw(rig.url, '/api/v1/tokens', json('POST', { name: 'x' }, viewer))).status).toBe(403);
    const anna = await rig.signedIn('anna', 'administrator');
    await anna.call('addToken', { body: { name: 'x' } });
    await expect(anna.call('addToken', { body: { name: ' X ' } })).rejects.toThrow(/a token named X already/);
    await expect(anna.call('addToken', { body: { name: 'a/b' } })).rejects.toThrow(/letters, digits/);
    for (const wrong of [
      { name: 'y', days: 0 },
      { name: 'y', scopes: [] },
      { name: 'y', scopes: ['everything'] },
    ]) {
      await expect(anna.call('addToken', { body: wrong })).rejects.toMatchObject({ status: 400 });
    }
  });

  it('ends on its day', async () => {
    let now = Date.UTC(2026, 0, 1);
    const rig = await apiRig();
    const { ApiTokens } = await import('../../node-agent/api/tokens.ts');
    const tokens = new ApiTokens(rig.foundation.indexDatabase, rig.foundation.audit, () => now);
    const { text } = tokens.add({ name: 'short', scopes: ['stow'], days: 1 }, 'anna');
    now += DAY_MS - 1;
    expect(tokens.authenticate(text)?.name).toBe('short');
    now += 1;
    expect(tokens.authenticate(text)).toBeUndefined();
  });
});

describe('whoever calls without a token that holds', () => {
  it('is told so in the way of RFC 6750', async () => {
    const rig = await apiRig({ mounts: [echo()] });
    const without = await call(rig);
    expect(without).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="Gatehouse"' } });
    const wrong = await call(rig, 'x');
    expect(wrong.status).toBe(401);
    expect(wrong.headers['www-authenticate']).toContain('error="invalid_token"');
    const session = await raw(rig.url, '/service/x', {
      headers: { cookie: await rig.cookieOf('anna', 'administrator') },
    });
    expect(session.status).toBe(401);
    const other = await apiRig({ mounts: [echo('something else' as never)] });
    const { text } = other.foundation.tokens.add({ name: 'x', scopes: ['stow'], days: 1 }, 'anna');
    const scope = await call(other, text);
    expect(scope.status).toBe(403);
    expect(scope.headers['www-authenticate']).toContain('error="insufficient_scope", scope="something else"');
  });

  it('waits longer and longer after five that did not hold, and comes in afterwards', async () => {
    const rig = await apiRig({ mounts: [echo()] });
    const { text } = rig.foundation.tokens.add({ name: 'x', scopes: ['stow'], days: 1 }, 'anna');
    const wrong = `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`;
    for (let count = 0; count < 5; count += 1) expect((await call(rig, wrong)).status).toBe(401);
    expect(await call(rig, text)).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    rig.clock += 1_000;
    expect((await call(rig, wrong)).status).toBe(401);
    expect(await call(rig, wrong)).toMatchObject({ status: 429, headers: { 'retry-after': '2' } });
    rig.clock += 2_000;
    expect((await call(rig, text)).status).toBe(200);
    for (let count = 0; count < 5; count += 1) expect((await call(rig, wrong)).status).toBe(401);
    const refusals = rig.foundation.audit.page(0, 50).rows.filter(({ action }) => action === 'token.refused');
    expect(refusals).toHaveLength(11);
  });
});

describe('gatehouse token', () => {
  it('adds, lists and revokes tokens of a node', async () => {
    const folder = temporaryFolder();
    const node = openFoundation(folder);
    try {
      const cli = (...words: string[]) => runCommand(['token', ...words, '--data-dir', folder]);
      const added = await cli('add', 'MR archive', '--days', '10');
      expect(added).toMatchObject({ code: 0, stderr: expect.stringMatching(/MR archive: for stow, holds until/) });
      expect(node.tokens.authenticate(added.stdout.trim())?.name).toBe('MR archive');
      expect(await cli('add', 'mr archive')).toMatchObject({ code: 1, stderr: expect.stringMatching(/already/) });
      expect(await cli('add', 'x', '--scope', 'all')).toMatchObject({ code: 2 });
      expect((await cli('list')).stdout).toMatch(/^MR archive: for stow, holds until .*last used/);
      expect(await cli('revoke', 'nobody')).toMatchObject({ code: 1, stderr: expect.stringMatching(/token list/) });
      expect(await cli('revoke', 'MR archive')).toMatchObject({ code: 0, stdout: 'Revoked MR archive.\n' });
      expect(node.tokens.authenticate(added.stdout.trim())).toBeUndefined();
      expect(JSON.parse((await cli('list', '--json')).stdout)).toMatchObject([{ revokedAt: expect.any(String) }]);
    } finally {
      node.close();
    }
  });
});
