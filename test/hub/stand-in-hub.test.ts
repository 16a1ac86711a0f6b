import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eucaimSearchTask } from './eucaim-search-task.ts';
import { RESEARCHER_APP, SITE_APP, type StandInHub, startStandInHub } from './stand-in-hub.ts';

let hub: StandInHub;

beforeEach(async () => {
  hub = await startStandInHub();
});
afterEach(() => hub.stop());

interface Options {
  readonly app?: string;
  readonly key?: string;
  readonly method?: string;
  readonly body?: unknown;
}

async function call(path: string, { app = SITE_APP, key = hub.apps[app] ?? '', method = 'GET', body }: Options = {}) {
  const response = await fetch(hub.url + path, {
    method,
    headers: { authorization: `ApiKey ${app} ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, content: text ? JSON.parse(text) : undefined };
}

const result = (task: string, status: string, body?: string) => ({
  from: SITE_APP,
  to: [RESEARCHER_APP],
  task,
  status,
  ...(body === undefined ? {} : { body }),
  metadata: null,
});
const put = (task: string, content: unknown, app = SITE_APP) =>
  call(`/v1/tasks/${task}/results/${app}`, { method: 'PUT', body: content });
const search = () => hub.postSearch({ operand: 'OR', children: [] });

describe('the stand-in hub', () => {
  it('lists a task as to do until it is claimed or answered, and again when it is handed back', async () => {
    const id = await search();
    const todo = async () => (await call('/v1/tasks?filter=todo')).content.map((task: { id: string }) => task.id);
    expect(await todo()).toEqual([id]);
    expect((await put(id, result(id, 'claimed'))).status).toBe(201);
    expect(await todo()).toEqual([]);
    expect((await put(id, result(id, 'tempfailed', ''))).status).toBe(204);
    expect(await todo()).toEqual([id]);
    expect((await put(id, result(id, 'succeeded', 'eA=='))).status).toBe(204);
    expect((await put(id, result(id, 'claimed'))).status).toBe(204);
    expect(await hub.results(id)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('waits as documented', async () => {
    const timed = async (path: string) => {
      const before = performance.now();
      const { status, content } = await call(path);
      return { status, tasks: content?.length, waited: performance.now() - before >= 190 };
    };
    expect(await timed('/v1/tasks?filter=todo')).toEqual({ status: 200, tasks: 0, waited: false });
    expect(await timed('/v1/tasks?filter=todo&wait_count=1&wait_time=200')).toEqual({
      status: 206,
      tasks: 0,
      waited: true,
    });
    expect(await timed('/v1/tasks?filter=todo&wait_time=200ms')).toEqual({ status: 200, tasks: 0, waited: true });
    const waiting = timed('/v1/tasks?filter=todo&wait_count=1&wait_time=10s');
    await search();
    expect(await waiting).toMatchObject({ status: 200, tasks: 1 });
    expect(await timed('/v1/tasks?filter=todo&wait_count=1&wait_time=10s')).toMatchObject({
      status: 200,
      waited: false,
    });
  });

  it('does not count a claim as an answer', async () => {
    const id = await search();
    await put(id, result(id, 'claimed'));
    const query = `/v1/tasks/${id}/results?wait_count=1&wait_time=50ms`;
    expect(await call(query, { app: RESEARCHER_APP })).toMatchObject({ status: 206, content: [{ status: 'claimed' }] });
  });

  it('answers with the documented status codes', async () => {
    const id = await search();
    const missing = randomUUID();
    const task = {
      from: RESEARCHER_APP,
      to: [SITE_APP],
      ttl: '5s',
      failure_strategy: 'discard',
      ...eucaimSearchTask({}),
    };
    const post = (body: unknown, app = RESEARCHER_APP) => call('/v1/tasks', { method: 'POST', app, body });
    const codes = {
      health: await call('/v1/health'),
      wrongKey: await call('/v1/tasks?filter=todo', { key: 'wrong' }),
      neitherFromNorTo: await call('/v1/tasks'),
      someoneElses: await call(`/v1/tasks?to=${RESEARCHER_APP}`),
      own: await call(`/v1/tasks?to=${SITE_APP}`),
      one: await call(`/v1/tasks/${id}`),
      oneMissing: await call(`/v1/tasks/${missing}`),
      oneWithCount: await call(`/v1/tasks/${id}?wait_count=2`),
      posted: await post({ ...task, id: missing }),
      conflict: await post({ ...task, id: missing }),
      notTheSender: await post(task, SITE_APP),
      badBody: await post({ ...task, ttl: 'soon' }),
      answerMissing: await put(randomUUID(), result(missing, 'claimed')),
      answerGone: await put(
        '7d1c4f5e-16b5-4a3a-9b0a-0d0f5a1c2b3d',
        result('7d1c4f5e-16b5-4a3a-9b0a-0d0f5a1c2b3d', 'claimed'),
      ),
      otherApp: await put(id, result(id, 'claimed'), RESEARCHER_APP),
      withoutBody: await put(id, result(id, 'succeeded')),
      withoutMetadata: await put(id, { ...result(id, 'claimed'), metadata: undefined }),
      notTheAsker: await call(`/v1/tasks/${id}/results`),
      resultsMissing: await call(`/v1/tasks/${randomUUID()}/results`, { app: RESEARCHER_APP }),
    };
    expect(Object.fromEntries(Object.entries(codes).map(([name, { status }]) => [name, status]))).toEqual({
      health: 200,
      wrongKey: 401,
      neitherFromNorTo: 400,
      someoneElses: 403,
      own: 200,
      one: 200,
      oneMissing: 404,
      oneWithCount: 400,
      posted: 201,
      conflict: 409,
      notTheSender: 401,
      badBody: 400,
      answerMissing: 400,
      answerGone: 404,
      otherApp: 400,
      withoutBody: 400,
      withoutMetadata: 400,
      notTheAsker: 403,
      resultsMissing: 404,
    });
    expect(codes.wrongKey.headers.get('www-authenticate')).toBe('ApiKey');
    expect(codes.notTheSender.headers.get('www-authenticate')).toBeNull();
    expect(codes.one.content.ttl).toMatch(/^\d+s$/);
  });

  it('refuses an answer from an application the task was not sent to', async () => {
    const id = await hub.postSearch({}, { to: [RESEARCHER_APP] });
    expect((await put(id, result(id, 'claimed'))).status).toBe(403);
  });

  it('forgets tasks at the end of their time to live', async () => {
    const id = await hub.postSearch({}, { ttl: '100ms' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await call('/v1/tasks?filter=todo')).content).toEqual([]);
    expect((await put(id, result(id, 'claimed'))).status).toBe(404);
  });
});
