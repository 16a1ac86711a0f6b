import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { egressPage, hubState, hubTaskPage } from '../../node-agent/api/schemas.ts';
import type { CollectionSearch } from '../../node-agent/compute/collection-search.ts';
import { FIRST, freshForEachTest, hub, site, started, taskOf } from './connected-site.ts';
import { eucaimSearchTask } from './eucaim-search-task.ts';
import { EVERYTHING, FEMALE, until } from './site.ts';
import { RESEARCHER_APP, SITE_APP, type StandInHub } from './stand-in-hub.ts';

freshForEachTest();

describe('the connector', () => {
  it('answers a search of the hub with suppressed and rounded counts', async () => {
    const connector = started();
    const id = await hub.postSearch(FEMALE);
    const [result] = await hub.results(id);
    expect(result).toMatchObject({ from: SITE_APP, status: 'succeeded' });
    expect(result?.answer).toMatchObject({
      provider: 'Test clinic',
      collections: [
        {
          id: 'large',
          studies_count: 20,
          subjects_count: 20,
          age_range: { min: 50, max: 60 },
          gender: ['Female'],
          modality: ['MR'],
          body_parts: ['Breast'],
        },
        { id: 'small', studies_count: 0, subjects_count: 0, age_range: { min: 0, max: 0 }, gender: [] },
      ],
      total: { studies_count: 20, subjects_count: 20 },
    });
    await until(() => taskOf(connector, id)?.state === 'answered', 'the task is answered');
    expect(taskOf(connector, id)).toMatchObject({
      from: RESEARCHER_APP,
      question: 'Sex is Female',
      ast: { key: FEMALE.key, type: 'EQUALS', value: FEMALE.value },
      answer: result?.answer,
      reason: null,
    });
    expect(connector.state()).toMatchObject({
      configured: true,
      url: hub.url,
      appId: SITE_APP,
      state: 'polling',
      action: null,
      tasks: 1,
      answered: 1,
      refused: 0,
      waiting: 0,
      policy: { threshold: 10, rounding: 10 },
    });
    expect(connector.state().lastContactAt).toMatch(/Z$/);
    expect(() => hubState.parse(connector.state())).not.toThrow();
    expect(() => hubTaskPage.parse(connector.tasks(FIRST))).not.toThrow();
    expect(() => egressPage.parse(connector.egress(FIRST))).not.toThrow();
    expect(site.audited).toMatchObject([
      { actor: RESEARCHER_APP, action: 'hub.asked', subject: id, detail: 'Sex is Female' },
      { actor: 'node', action: 'hub.answered', subject: id },
    ]);
  });

  it('writes every request down before it leaves, with the hash of what left', async () => {
    const connector = started();
    const id = await hub.postSearch(EVERYTHING);
    const [result] = await hub.results(id);
    await until(() => taskOf(connector, id)?.state === 'answered', 'the task is answered');
    await connector.stop();
    const { rows, total } = connector.egress(FIRST);
    expect(total).toBe(rows.length);
    const polls = rows.filter(({ purpose }) => purpose === 'poll for tasks');
    const sent = rows.filter(({ method }) => method === 'PUT').reverse();
    // the last poll may have been written down and ended before it reached the hub
    const heard = hub.calls.filter((call) => call === 'poll').length;
    expect([heard, heard + 1]).toContain(polls.length);
    expect(polls[0]).toMatchObject({
      path: '/v1/tasks?filter=todo&wait_count=1&wait_time=1s',
      host: new URL(hub.url).host,
      bytesOut: 0,
      bodySha256: null,
    });
    expect(sent.map(({ purpose, status }) => [purpose, status])).toEqual([
      ['claim a task', 201],
      ['answer a task', 204],
    ]);
    expect(sent[1]?.path).toBe(`/v1/tasks/${id}/results/${SITE_APP}`);
    const message = JSON.stringify({
      from: SITE_APP,
      to: [RESEARCHER_APP],
      task: id,
      status: 'succeeded',
      body: result?.body,
      metadata: null,
    });
    expect(sent[1]?.bodySha256).toBe(createHash('sha256').update(message).digest('hex'));
    expect(sent[1]?.bytesOut).toBe(message.length);
    expect(JSON.stringify(rows)).not.toContain('site-key');
  });

  it('answers the health check in plain text', async () => {
    started();
    const id = await hub.postTask({ body: 'aGVhbHRo', metadata: { project: 'focus-healthcheck' } });
    expect(await hub.results(id)).toMatchObject([{ status: 'succeeded', body: 'healthy' }]);
  });

  it.each<[string, Parameters<StandInHub['postTask']>[0] | 'cql' | 'exporter' | 'ast', string]>([
    ['an export', 'exporter', 'unsupported query'],
    ['another language', 'cql', 'unsupported query'],
    ['a body that is not base64', { body: '%%%', metadata: { project: 'eucaim' } }, 'invalid query'],
    ['a body that is not JSON', { body: 'aGVsbG8=', metadata: null }, 'invalid query'],
    ['an AST that is none', 'ast', 'invalid query'],
  ])('refuses %s with a text that reveals nothing', async (_, given, outward) => {
    const connector = started();
    const post = () => {
      if (given === 'cql') return hub.postSearch(EVERYTHING, { lang: 'cql' });
      if (given === 'exporter') return hub.postSearch(EVERYTHING, { project: 'exporter' });
      if (given === 'ast') return hub.postSearch({ operand: 'NAND', children: [] });
      return hub.postTask(given);
    };
    const id = await post();
    expect(await hub.results(id)).toMatchObject([{ status: 'permfailed', body: outward }]);
    await until(() => taskOf(connector, id)?.state === 'refused', 'the task is refused');
    expect(taskOf(connector, id)).toMatchObject({ answer: null, reason: expect.stringMatching(/\.$/) });
    expect(connector.state()).toMatchObject({ state: 'polling', refused: 1 });
  });

  it('gives the same answer every time', async () => {
    started();
    const ids = [await hub.postSearch(FEMALE), await hub.postSearch(FEMALE)];
    const answers = await Promise.all(ids.map(async (id) => (await hub.results(id))[0]?.body));
    expect(answers[0]).toBe(answers[1]);
  });

  it('is off without a hub', async () => {
    const connector = started({}, '');
    expect(connector.state()).toMatchObject({ configured: false, state: 'off', url: null });
    await connector.stop();
  });

  it('drops a task whose time to live ended while the hub was away', async () => {
    hub.misbehave({ on: 'answer', how: 500 });
    const connector = started();
    const id = await hub.postSearch(FEMALE, { ttl: '2s' });
    await until(() => taskOf(connector, id)?.state === 'expired', 'the task expires');
    expect(site.audited.at(-1)).toMatchObject({ action: 'hub.expired', subject: id });
  });

  it('answers a task after a restart that it had claimed before', async () => {
    hub.misbehave({ on: 'answer', how: 'hang' });
    const first = started();
    const id = await hub.postSearch(FEMALE);
    await until(() => hub.calls.includes('answer'), 'the answer is under way');
    await first.stop();
    expect(taskOf(first, id)?.state).toBe('claimed');
    expect(first.egress(FIRST).rows.find(({ purpose }) => purpose === 'answer a task')).toMatchObject({
      status: null,
      error: 'The node ended the request because it is stopping.',
    });
    hub.misbehave();
    const second = started();
    expect(await hub.results(id)).toMatchObject([{ status: 'succeeded' }]);
    await until(() => taskOf(second, id)?.state === 'answered', 'the task is answered');
    expect(hub.calls.filter((call) => call === 'claim')).toHaveLength(1);
    expect(site.audited.filter(({ action }) => action === 'hub.asked')).toHaveLength(1);
  });

  it('keeps an answer that meets a key no longer accepted, and sends it once the key is right', async () => {
    hub.misbehave({ on: 'answer', how: 401 });
    const first = started();
    const id = await hub.postSearch(FEMALE);
    await until(() => first.state().state === 'stopped', 'the connector stops');
    expect(first.state()).toMatchObject({ waiting: 1, sentence: expect.stringContaining('key') });
    await first.stop();
    hub.misbehave();
    started();
    expect(await hub.results(id)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('refuses a question that is far too long without keeping all of it', async () => {
    const connector = started();
    const id = await hub.postTask({ body: 'A'.repeat(3_000_000), metadata: null });
    expect(await hub.results(id)).toMatchObject([{ status: 'permfailed', body: 'invalid query' }]);
    await until(() => taskOf(connector, id)?.state === 'refused', 'the task is refused');
    const kept = site.index.database.prepare('SELECT length(body) FROM hub_tasks').pluck().get() as number;
    expect(kept).toBeLessThan(1_100_000);
  });

  it('sends an answer again that the hub has lost', async () => {
    const connector = started();
    const id = await hub.postSearch(FEMALE);
    await hub.results(id);
    await until(() => taskOf(connector, id)?.state === 'answered', 'the task is answered');
    hub.forgetAll();
    await hub.postTask({ ...eucaimSearchTask(FEMALE), id });
    expect(await hub.results(id)).toMatchObject([{ status: 'succeeded' }]);
    expect(site.audited.filter(({ action }) => action === 'hub.asked')).toHaveLength(1);
  });

  it('marks requests that were on their way when the node was killed', async () => {
    site.index.database
      .prepare(
        `INSERT INTO egress (at, method, host, path, purpose, bytes_out) VALUES ('2026-01-01', 'GET', 'h', '/', 'x', 0)`,
      )
      .run();
    const connector = started();
    await until(() => connector.state().state === 'polling', 'the connector polls');
    expect(connector.egress(FIRST).rows.at(-1)?.error).toBe('The node ended before the answer came.');
  });

  it('stops within a second in the middle of a long poll', async () => {
    const connector = started({ waitSeconds: 55 });
    await until(() => hub.calls.length > 0, 'the poll is under way');
    const before = performance.now();
    await connector.stop();
    expect(performance.now() - before).toBeLessThan(1000);
    expect(connector.state().state).toBe('stopped');
  });

  it('does not ask in a hurry for a task it can do nothing with', async () => {
    hub.misbehave({ on: 'claim', how: 403 });
    started();
    await hub.postSearch(FEMALE);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(hub.calls.filter((call) => call === 'poll').length).toBeLessThanOrEqual(3);
  });

  it('answers "failed" when the node itself fails on a question three times, and lives on', async () => {
    const broken = { search: () => broken.fail(), publishedIds: () => new Set(), fail: () => JSON.parse('{') };
    const connector = started({ gate: site.gateOver(broken as unknown as CollectionSearch) });
    const id = await hub.postSearch(FEMALE);
    expect(await hub.results(id)).toMatchObject([{ status: 'permfailed', body: 'execution failed' }]);
    await until(() => taskOf(connector, id)?.state === 'refused', 'the task is refused');
    expect(connector.state().state).toBe('polling');
    expect(site.logged).toContain('A question of the hub could not be worked out: SyntaxError.');
  });

  it('answers many questions at once', async () => {
    started();
    const ids = await Promise.all(Array.from({ length: 12 }, () => hub.postSearch(FEMALE)));
    const results = await Promise.all(ids.map((id) => hub.results(id)));
    expect(results.map(([result]) => result?.status)).toEqual(Array(12).fill('succeeded'));
  });
});
