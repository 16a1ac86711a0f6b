/** What a PACS may refuse, on real associations: what can succeed later is tried again, the rest says what to do. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { examine } from '../../../node-agent/intake/retrieve/connection-doctor.ts';
import { connectionFailure, refusal, rejection } from '../../../node-agent/intake/retrieve/dimse-failure.ts';
import { QUERY_LIMITS } from '../../../node-agent/intake/retrieve/remote-node.ts';
import { startRefusingPacs } from '../../support/refusing-pacs.ts';
import { intakeRig, until } from '../rig.ts';
import { archiveAt, retrieveRig } from './retrieve-rig.ts';

const UID = '1.2.826.0.1.3680043.77.123';

async function refusedWith(
  status: number,
  way: 'move' | 'get',
  refused: 'retrieval' | 'all' | 'contexts' = 'retrieval',
) {
  const rig = await intakeRig({ listen: false });
  const pacs = await startRefusingPacs(status, refused);
  const { retriever, want, rows } = retrieveRig(rig, archiveAt(pacs.port, { way }));
  onTestFinished(async () => {
    await retriever.stop();
    pacs.stop();
  });
  want([UID]);
  retriever.start();
  const row = await until(() => rows().find(({ sentence }) => sentence !== null), 10_000);
  expect(rig.log.join()).not.toContain(UID);
  return row;
}

describe('A PACS that refuses', () => {
  for (const way of ['move', 'get'] as const) {
    it(`a C-${way.toUpperCase()} for want of resources is asked again`, async () => {
      for (const status of [0xa700, 0xa701, 0xa702]) {
        const { state, sentence } = await refusedWith(status, way);
        expect([state, sentence]).toEqual(['waiting', expect.stringContaining('tried again later')]);
        expect(sentence).toContain(status.toString(16).toUpperCase());
      }
    });

    it(`a C-${way.toUpperCase()} for good is not, and the sentence says what to do`, async () => {
      const cases = [
        [0xa801, 'Register its AE title'],
        [0xa900, 'Another query/retrieve model'],
        [0xc000, 'Its own log says why'],
        [0xc123, 'C123'],
        [0x0122, 'Choose the other way'],
        [0x0124, 'Ask its administrator'],
      ] as const;
      for (const [status, words] of cases) {
        const { state, sentence, attempts } = await refusedWith(status, way);
        expect([state, attempts, sentence]).toEqual(['failed', 1, expect.stringContaining(words)]);
      }
    });
  }

  it('the service itself is told apart from a broken connection', async () => {
    for (const way of ['move', 'get'] as const) {
      const { state, sentence } = await refusedWith(0, way, 'contexts');
      expect([state, sentence]).toEqual(['failed', expect.stringContaining('does not offer')]);
    }
    const pacs = await startRefusingPacs(0, 'contexts');
    onTestFinished(() => pacs.stop());
    const { steps, services } = await examine(archiveAt(pacs.port), QUERY_LIMITS);
    expect(steps.at(-1)).toMatchObject({ step: 'services', outcome: 'failed' });
    expect(services.filter(({ transferSyntaxUids }) => transferSyntaxUids.length === 0)).toHaveLength(2);
  });

  it('the query itself is told apart in the same way', async () => {
    expect((await refusedWith(0xa700, 'move', 'all')).state).toBe('waiting');
    expect((await refusedWith(0xc001, 'move', 'all')).state).toBe('failed');
  });
});

describe('What a PACS answers', () => {
  it('is told apart into what can succeed later and what somebody has to change', () => {
    for (const status of [0xa700, 0xa701, 0xa702]) expect(refusal(status).transient).toBe(true);
    for (const status of [0xa801, 0xa900, 0xc001, 0x0122, 0x0124]) expect(refusal(status).transient).toBe(false);
    expect(refusal(0xa801).message).toContain('move destination');
    expect(rejection(1, 1, 3)).toMatchObject({ transient: false });
    expect(rejection(2, 3, 2)).toMatchObject({ transient: true });
    expect(connectionFailure('ECONNREFUSED').transient).toBe(true);
    expect(connectionFailure('CERT_HAS_EXPIRED').transient).toBe(false);
  });
});
