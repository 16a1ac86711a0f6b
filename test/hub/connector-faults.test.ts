import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { FIRST, freshForEachTest, hub, site, started, taskOf } from './connected-site.ts';
import type { Call, Misbehaviour } from './misbehaviour.ts';
import { FEMALE, until } from './site.ts';
import { RESEARCHER_APP, SITE_APP, startStandInHub } from './stand-in-hub.ts';

freshForEachTest();

describe('the connector in trouble', () => {
  it.each<[Misbehaviour['how'], RegExp]>([
    ['web-page', /not the Beam application API/],
    ['not-json', /not the Beam application API/],
    ['not-a-list', /not the Beam application API/],
    ['wrong-type', /not the Beam application API/],
    ['cut', /was cut/],
    ['cut-body', /was cut/],
    ['endless', /larger than this node takes/],
    [500, /reports a fault of its own/],
    [502, /reports a fault of its own/],
    [400, /HTTP status 400/],
    [302, /HTTP status 302/],
    [404, /HTTP status 404/],
  ])('says what is wrong when a poll ends in "%s", and goes on by itself', async (how, sentence) => {
    hub.misbehave({ on: 'poll', how, times: 1 });
    const connector = started();
    await until(() => connector.state().state === 'failing', 'the fault is seen');
    expect(connector.state()).toMatchObject({ sentence: expect.stringMatching(sentence), action: expect.any(String) });
    const id = await hub.postSearch(FEMALE);
    expect(await hub.results(id)).toMatchObject([{ status: 'succeeded' }]);
    await until(() => connector.state().state === 'polling', 'the connector polls again');
  });

  it('takes 504 for an empty answer', async () => {
    hub.misbehave({ on: 'poll', how: 504, times: 1 });
    const connector = started();
    await until(() => connector.egress(FIRST).rows.some(({ status }) => status === 504), 'the poll ended');
    await until(() => connector.state().state === 'polling', 'the connector polls');
    expect(site.logged.join()).not.toMatch(/fault/);
  });

  it.each<[number, RegExp]>([
    [401, /does not accept the application id or its key/],
    [403, /does not let this application ask/],
  ])('stops polling at status %i until a person acts', async (how, sentence) => {
    hub.misbehave({ on: 'poll', how });
    const connector = started();
    await until(() => connector.state().state === 'stopped', 'the connector stops');
    expect(connector.state()).toMatchObject({
      sentence: expect.stringMatching(sentence),
      action: expect.stringContaining('hub.beam.appId'),
    });
    const calls = hub.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(hub.calls.length).toBe(calls);
  });

  it('stops with a wrong key, and works after the key was corrected', async () => {
    const wrong = started({ key: 'wrong' });
    await until(() => wrong.state().state === 'stopped', 'the connector stops');
    await wrong.stop();
    started();
    expect(await hub.results(await hub.postSearch(FEMALE))).toMatchObject([{ status: 'succeeded' }]);
  });

  it('says so when the key file is missing or the hub is not there', async () => {
    const keyless = started({ apiKeyFile: '/nowhere/key' });
    await until(() => keyless.state().state === 'stopped', 'the connector stops');
    expect(keyless.state().sentence).toMatch(/hub\.beam\.apiKeyFile\) cannot be read/);
    const other = await startStandInHub();
    await other.stop();
    const lonely = started({}, other.url);
    await until(() => lonely.state().state === 'failing', 'the fault is seen');
    expect(lonely.state().sentence).toMatch(/connection was refused/);
  });

  it.each<[Call, Misbehaviour['how']]>([
    ['claim', 500],
    ['claim', 'cut'],
    ['answer', 500],
    ['answer', 503],
    ['answer', 'cut'],
    ['answer', 504],
  ])('sends the %s again after "%s"', async (on, how) => {
    hub.misbehave({ on, how, times: 1 });
    const connector = started();
    const id = await hub.postSearch(FEMALE);
    expect(await hub.results(id)).toMatchObject([{ status: 'succeeded' }]);
    await until(() => taskOf(connector, id)?.state === 'answered', 'the task is answered');
    expect(hub.calls.filter((call) => call === on)).toHaveLength(2);
  });

  it.each<[Call, number, string]>([
    ['claim', 404, 'expired'],
    ['answer', 404, 'expired'],
    ['claim', 403, 'refused'],
    ['answer', 400, 'refused'],
  ])('gives a task up when its %s is answered with %i', async (on, how, state) => {
    hub.misbehave({ on, how });
    const connector = started();
    const id = await hub.postSearch(FEMALE);
    await until(() => taskOf(connector, id)?.state === state, `the task is ${state}`);
    expect(taskOf(connector, id)?.reason).toMatch(/\.$/);
    expect(connector.state().waiting).toBe(0);
  });

  it('leaves tasks alone that are malformed or for someone else', async () => {
    const task = {
      id: crypto.randomUUID(),
      from: RESEARCHER_APP,
      to: [SITE_APP],
      body: '',
      ttl: '60s',
      metadata: null,
    };
    const strange = [
      null,
      'task',
      {},
      { ...task, id: '../../etc' },
      { ...task, to: ['other.site.broker'] },
      { ...task, from: 'x' },
    ];
    const listing = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(strange));
    });
    await new Promise<void>((resolve) => listing.listen(0, '127.0.0.1', resolve));
    try {
      const connector = started({}, `http://127.0.0.1:${(listing.address() as AddressInfo).port}`);
      await until(() => site.logged.filter((line) => line.includes('left alone')).length >= 6, 'the tasks are seen');
      expect(connector.state()).toMatchObject({ state: 'polling', tasks: 0 });
      expect(connector.egress(FIRST).rows.every(({ method }) => method === 'GET')).toBe(true);
    } finally {
      listing.closeAllConnections();
      listing.close();
    }
  });
});
