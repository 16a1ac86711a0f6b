import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServerEvent } from '../../node-agent/api/events.ts';
import { until } from '../pipeline/rig.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type ApiRig, apiRig, json, raw } from './rig.ts';

interface Stream {
  readonly messages: ServerEvent[];
  ended: boolean;
}

async function listen(rig: ApiRig, cookie: string): Promise<Stream> {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const response = await fetch(`${rig.url}api/v1/events`, { headers: { cookie }, signal: ending.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const stream: Stream = { messages: [], ended: false };
  void (async () => {
    let text = '';
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += chunk;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const [, type, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
          const message = JSON.parse(data) as ServerEvent;
          expect(message.type).toBe(type);
          stream.messages.push(message);
          text = text.slice(end + 2);
        }
      }
    } catch {
      // the connection was cut, by the test or by the node
    }
    stream.ended = true;
  })();
  return stream;
}

const changes = (stream: Stream) =>
  stream.messages.flatMap((message) => (message.type === 'changed' ? [message.topic] : []));
const counts = (stream: Stream) => stream.messages.filter(({ type }) => type === 'counts');

describe('the event stream', () => {
  it('is for people who are signed in', async () => {
    const { url } = await apiRig();
    expect((await raw(url, '/api/v1/events')).status).toBe(401);
  });

  it('tells the counts at once, and again with what changed', async () => {
    const rig = await apiRig();
    const stream = await listen(rig, await rig.cookieOf('anna', 'viewer'));
    await until(() => stream.messages.length === 1);
    expect(stream.messages[0]).toMatchObject({ type: 'counts', counts: { received: 0, patients: 0 } });
    const arrival = { objectId: 'a', source: 'dimse', instanceKey: 'a', contentHash: 'a', bytes: 5 } as const;
    rig.foundation.ledger.admit([arrival]);
    rig.events.changed('associations');
    await until(() => changes(stream).length === 1);
    expect(counts(stream)[1]).toMatchObject({ counts: { received: 1, waiting: 1, bytes: 5 } });
  });

  it('gathers changes, so that a busy receiver does not keep the consoles busy', async () => {
    const rig = await apiRig();
    const stream = await listen(rig, await rig.cookieOf('anna', 'viewer'));
    await until(() => stream.messages.length === 1);
    for (let index = 0; index < 500; index += 1) {
      rig.events.changed('studies');
      rig.events.changed('quarantine');
    }
    await until(() => changes(stream).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(changes(stream)).toEqual(['studies', 'quarantine']);
    expect(counts(stream)).toHaveLength(2);
  });

  it('tells the other consoles what one of them did', async () => {
    const rig = await apiRig();
    const stream = await listen(rig, await rig.cookieOf('vera', 'viewer'));
    const cookie = await rig.cookieOf('anna', 'administrator');
    await raw(rig.url, '/api/v1/imports', json('POST', { folder: temporaryFolder() }, { cookie }));
    await until(() => changes(stream).length > 0);
    expect(changes(stream)).toEqual(['audit', 'imports']);
  });

  it('ends with the session', async () => {
    const rig = await apiRig();
    const cookie = await rig.cookieOf('anna', 'viewer');
    const stream = await listen(rig, cookie);
    await until(() => stream.messages.length === 1);
    await raw(rig.url, '/api/v1/session', { method: 'DELETE', headers: { cookie } });
    rig.events.changed('studies');
    await until(() => stream.ended);
    expect(changes(stream)).toEqual([]);
  });
});
