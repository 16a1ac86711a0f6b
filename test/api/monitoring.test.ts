import { describe, expect, it } from 'vitest';
import { apiRig, raw } from './rig.ts';

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

function enter(rig: Awaited<ReturnType<typeof apiRig>>, objectId: string): void {
  const arrival = { objectId, source: 'dimse', instanceKey: objectId, contentHash: objectId, bytes: 100 } as const;
  rig.foundation.ledger.admit([arrival]);
}

describe('the monitoring of a site', () => {
  it('sees that the node takes no work before it is ready', async () => {
    const rig = await apiRig();
    rig.ready = false;
    expect(await raw(rig.url, '/health')).toMatchObject({ status: 503, json: { ready: false } });
    rig.ready = true;
    expect(await raw(rig.url, '/health')).toMatchObject({ status: 200, json: { ready: true, version: '0.0.0-test' } });
  });

  it('reads the figures of the ledger in the Prometheus text format', async () => {
    const rig = await apiRig();
    for (const objectId of ['a', 'b', 'c']) enter(rig, objectId);
    rig.foundation.ledger.settle('a', { state: 'quarantined', cause: 'unreadable' });
    const { text, headers } = await raw(rig.url, '/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = text.trimEnd().split('\n');
    expect(text.endsWith('\n')).toBe(true);
    for (const line of lines) {
      expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? \d+(\.\d+)?)$/);
    }
    const { received, quarantined, waiting, indexed, bytes } = rig.foundation.ledger.counts();
    expect(lines).toContain(`gatehouse_objects_received_total ${received}`);
    expect(lines).toContain(`gatehouse_bytes_received_total ${bytes}`);
    expect(lines).toContain(`gatehouse_objects{state="quarantined"} ${quarantined}`);
    expect(lines).toContain(`gatehouse_objects{state="waiting"} ${waiting}`);
    expect(lines).toContain(`gatehouse_objects{state="indexed"} ${indexed}`);
    expect([received, quarantined, waiting]).toEqual([3, 1, 2]);
    expect(lines).toContain('gatehouse_indexed{entity="patients"} 0');
  });

  it('finds the parts of "received" in the overview, and they add up', async () => {
    const rig = await apiRig();
    for (const objectId of ['a', 'b']) enter(rig, objectId);
    rig.foundation.ledger.settle('a', { state: 'quarantined', cause: 'unreadable' });
    const client = await rig.signedIn('anna', 'viewer');
    const { counts, quarantineByCause } = await client.call('getOverview');
    const { received, indexed, quarantined, excluded, rejected, waiting } = counts;
    expect(received).toBe(indexed + quarantined + excluded + rejected + waiting);
    expect(quarantineByCause).toEqual([{ cause: 'unreadable', title: 'Not readable', count: 1 }]);
    expect(await client.call('listQuarantine')).toMatchObject({
      total: 1,
      rows: [{ objectId: 'a', cause: 'unreadable', fix: expect.any(String) }],
    });
  });
});

describe('the preview of a series', () => {
  it('is shown to who is signed in, and to nobody else', async () => {
    const rig = await apiRig({ thumbnail: async (uid) => (uid === '2.25.1' ? PNG : undefined) });
    const cookie = await rig.cookieOf('anna', 'viewer');
    expect((await raw(rig.url, '/api/v1/series/2.25.1/thumbnail')).status).toBe(401);
    const shown = await raw(rig.url, '/api/v1/series/2.25.1/thumbnail', { headers: { cookie } });
    expect(shown).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' } });
    expect(shown.headers['cache-control']).toContain('private');
    const none = await raw(rig.url, '/api/v1/series/2.25.2/thumbnail', { headers: { cookie } });
    expect(none).toMatchObject({ status: 404, json: { detail: expect.stringContaining('no preview of this series') } });
  });
});
