import { describe, expect, it } from 'vitest';
import { USER_MIGRATIONS, Users } from '../../node-agent/api/users.ts';
import { openDatabase } from '../../node-agent/store/database.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { apiRig, json, PASSWORD, raw } from './rig.ts';

const SESSION = '/api/v1/session';
const SETUP = '/api/v1/setup';

describe('the first start', () => {
  it('lets the first person create the administrator, who is signed in then', async () => {
    const { url } = await apiRig();
    const client = new ConsoleClient(url);
    expect(await client.call('getSession')).toMatchObject({ setUpNeeded: true, user: null });
    await client.call('setUp', { body: { name: 'anna', password: PASSWORD } });
    expect(await client.call('getSession')).toMatchObject({
      setUpNeeded: false,
      user: { name: 'anna', role: 'administrator' },
    });
  });

  it('creates no second administrator', async () => {
    const { url, foundation } = await apiRig();
    await foundation.users.add('anna', 'administrator', PASSWORD);
    const answer = await raw(url, SETUP, json('POST', { name: 'eve', password: PASSWORD }));
    expect(answer.status).toBe(409);
    expect(foundation.users.list()).toHaveLength(1);
  });

  it('creates only one administrator when several ask at the same moment', async () => {
    const { url, foundation } = await apiRig();
    const answers = await Promise.all(
      ['anna', 'eve', 'mallory'].map((name) => raw(url, SETUP, json('POST', { name, password: PASSWORD }))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(foundation.users.list()).toHaveLength(1);
  });

  it('is refused under a name that is not this computer, where the console listens for others too', async () => {
    const { url, foundation } = await apiRig({ host: '0.0.0.0' });
    const headers = { host: 'rebound.example' };
    const answer = await raw(url, SETUP, json('POST', { name: 'eve', password: PASSWORD }, headers));
    expect(answer).toMatchObject({ status: 403, json: { title: 'Only on this computer' } });
    expect(foundation.users.isEmpty()).toBe(true);
  });

  it('wants a password of 12 characters', async () => {
    const { url } = await apiRig();
    const answer = await raw(url, SETUP, json('POST', { name: 'anna', password: 'short' }));
    expect(answer).toMatchObject({
      status: 400,
      json: { detail: 'password: A password has at least 12 characters.' },
    });
  });
});

describe('signing in', () => {
  it('gives a session cookie that scripts and other sites cannot use', async () => {
    const { url, foundation } = await apiRig();
    await foundation.users.add('anna', 'viewer', PASSWORD);
    const { headers, status } = await raw(url, SESSION, json('POST', { name: 'anna', password: PASSWORD }));
    expect(status).toBe(200);
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^gatehouse_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('answers a wrong name, a wrong password and a short password with the same sentence', async () => {
    const { url, foundation } = await apiRig();
    await foundation.users.add('anna', 'viewer', PASSWORD);
    const answers = await Promise.all(
      [
        { name: 'anna', password: 'not the right one' },
        { name: 'nobody', password: 'not the right one' },
        { name: 'anna', password: 'short' },
      ].map((body) => raw(url, SESSION, json('POST', body))),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('takes as long for a name that does not exist as for one that does', async () => {
    const { foundation } = await apiRig();
    await foundation.users.add('anna', 'viewer', PASSWORD);
    const timeOf = async (name: string) => {
      const before = performance.now();
      await foundation.users.authenticate(name, 'not the right one');
      return performance.now() - before;
    };
    const [known, unknown]: [number[], number[]] = [[], []];
    for (let round = 0; round < 8; round += 1) {
      known.push(await timeOf('anna'));
      unknown.push(await timeOf('nobody'));
    }
    // Deriving the key takes tens of milliseconds, everything else less than one.
    const ratio = Math.min(...unknown) / Math.min(...known);
    expect(ratio).toBeGreaterThan(0.3);
    expect(ratio).toBeLessThan(3);
  });

  it('makes whoever guesses wait after five attempts, longer each time', async () => {
    const rig = await apiRig();
    await rig.foundation.users.add('anna', 'viewer', PASSWORD);
    const attempt = (password: string) => raw(rig.url, SESSION, json('POST', { name: 'Anna', password }));
    for (let round = 0; round < 5; round += 1) expect((await attempt('a wrong guess')).status).toBe(401);
    const refused = await attempt(PASSWORD);
    expect(refused).toMatchObject({ status: 429, json: { detail: 'Wait 1 seconds and try again.' } });
    rig.clock += 1_000;
    expect((await attempt('a wrong guess')).status).toBe(401);
    expect((await attempt(PASSWORD)).json).toMatchObject({ detail: 'Wait 2 seconds and try again.' });
    rig.clock += 2_000;
    expect((await attempt(PASSWORD)).status).toBe(200);
    expect((await attempt('a wrong guess')).status).toBe(401);
  });

  it('counts attempts that come at the same moment', async () => {
    const rig = await apiRig();
    await rig.foundation.users.add('anna', 'viewer', PASSWORD);
    const attempts = Array.from({ length: 12 }, (_, index) =>
      raw(rig.url, SESSION, json('POST', { name: 'anna', password: `a wrong guess ${index}` })),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
  });

  it('writes refused attempts into the audit log without what was typed', async () => {
    const rig = await apiRig();
    await raw(rig.url, SESSION, json('POST', { name: 'my secret password', password: 'another secret' }));
    const [entry] = rig.foundation.audit.page(0, 1).rows;
    expect(entry).toMatchObject({ action: 'user.sign-in-refused', actor: 'unknown' });
    expect(JSON.stringify(entry)).not.toContain('secret');
  });

  it('ends with signing out', async () => {
    const rig = await apiRig();
    const client = await rig.signedIn('anna', 'viewer');
    await client.call('listDatasets');
    await client.call('signOut');
    await expect(client.call('listDatasets')).rejects.toMatchObject({ status: 401 });
  });

  it('ends after the set time', async () => {
    const rig = await apiRig();
    const client = await rig.signedIn('anna', 'viewer');
    rig.clock += 480 * 60_000 - 1;
    await client.call('listDatasets');
    rig.clock += 1;
    await expect(client.call('listDatasets')).rejects.toMatchObject({ status: 401, message: 'Sign in and try again.' });
    expect(await client.call('getSession')).toMatchObject({ user: null });
  });

  it('keeps the password only as an scrypt hash with a salt of its own', async () => {
    const { foundation } = await apiRig();
    await foundation.users.add('anna', 'viewer', PASSWORD);
    await foundation.users.add('ben', 'viewer', PASSWORD);
    const rows = foundation.indexDatabase.prepare('SELECT password FROM users').pluck().all() as string[];
    expect(rows.every((row) => /^scrypt\$[0-9a-f]{32}\$[0-9a-f]{64}$/.test(row))).toBe(true);
    expect(new Set(rows).size).toBe(2);
  });

  it('adds users once, whatever the case of the name', async () => {
    const rig = await apiRig();
    const client = await rig.signedIn('anna', 'administrator');
    await client.call('addUser', { body: { name: 'ben', role: 'officer', password: PASSWORD } });
    await expect(
      client.call('addUser', { body: { name: 'BEN', role: 'viewer', password: PASSWORD } }),
    ).rejects.toMatchObject({ status: 409 });
    expect((await client.call('listUsers')).map(({ name, role }) => [name, role])).toEqual([
      ['anna', 'administrator'],
      ['ben', 'officer'],
    ]);
  });
});

describe('many sign-ins at once', () => {
  it('are worked off a few at a time, and all are answered', async () => {
    const users = new Users(openDatabase(':memory:', USER_MIGRATIONS));
    await users.add('anna', 'viewer', 'a long enough password');
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => users.authenticate('anna', 'a long enough password')),
    );
    expect(answers.every((user) => user?.name === 'anna')).toBe(true);
  });
});
