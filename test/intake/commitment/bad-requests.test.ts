/** Requests for storage commitment that are wrong get the status of the standard, and never more than that. */
import { describe, expect, it } from 'vitest';
import { HeldInstances } from '../../../node-agent/intake/commitment/held-instances.ts';
import { Pseudonymiser } from '../../../node-agent/vault/pseudonymiser.ts';
import { RandomSource } from '../../phantom/random.ts';
import { counted } from '../../support/soak.ts';
import { CT_STORAGE, dataTransfer, echoCommand, element, pdv, RawPeer, uid } from '../receiver/raw-peer.ts';
import { endedAssociation, intakeRig } from '../rig.ts';
import {
  type Action,
  actionCommand,
  actionInformation,
  COMMITMENT_CONTEXT,
  CONTEXTS,
  requestCommitment,
} from './commitment-peer.ts';
import { allowPeer, ask } from './commitment-rig.ts';

const GOOD: Action = { references: [[CT_STORAGE, '1.2.3']] };
const LATE = { reportSilenceMilliseconds: 60_000 };

function raw(information: Buffer): Buffer {
  return dataTransfer(pdv(COMMITMENT_CONTEXT, 3, actionCommand({})), pdv(COMMITMENT_CONTEXT, 2, information));
}

describe('a request for storage commitment is refused', () => {
  it.each<[string, number, Buffer]>([
    ['for another SOP class', 0x0118, requestCommitment({ ...GOOD, sopClassUid: CT_STORAGE, sopInstanceUid: '1.2' })],
    ['for the instance under another class', 0x0119, requestCommitment({ ...GOOD, sopClassUid: CT_STORAGE })],
    ['for another instance', 0x0112, requestCommitment({ ...GOOD, sopInstanceUid: '1.2.3' })],
    ['for another action', 0x0123, requestCommitment({ ...GOOD, actionType: 2 })],
    ['without a data set', 0x0115, dataTransfer(pdv(COMMITMENT_CONTEXT, 3, actionCommand({}, 0x0101)))],
    ['with an empty data set', 0x0115, raw(Buffer.alloc(0))],
    ['without references', 0x0115, requestCommitment({ references: [] })],
    ['without a reference sequence', 0x0115, raw(element(8, 0x1195, uid('1.2.3')))],
    ['without a Transaction UID', 0x0115, requestCommitment({ ...GOOD, transactionUid: '' })],
    ['with a malformed Transaction UID', 0x0106, requestCommitment({ ...GOOD, transactionUid: 'DOE^JANE' })],
    ['with a malformed reference', 0x0106, requestCommitment({ references: [[CT_STORAGE, 'DOE^JANE']] })],
    ['with a reference of no class', 0x0106, requestCommitment({ references: [['', '1.2.3']] })],
    ['in a data set that breaks off', 0x0110, raw(actionInformation(GOOD).subarray(0, -3))],
    ['in a data set of garbage', 0x0110, raw(Buffer.from('this is not a data set at all, not even nearly'))],
  ])('%s', async (_, status, bytes) => {
    const rig = await intakeRig({ limits: LATE });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    peer.send(bytes);
    const answer = await peer.response();
    expect({ ...answer, status: answer.status.toString(16) }).toMatchObject({
      field: 0x8130,
      messageId: 7,
      status: status.toString(16),
    });
    expect(answer.comment).toMatch(/^[A-Z].{10,63}$/u);
    expect(rig.commitmentQueue.requesters()).toEqual([]);
    expect(rig.log.join('\n')).not.toContain('DOE');
    peer.send(dataTransfer(pdv(3, 3, echoCommand(9))));
    expect(await peer.response()).toMatchObject({ messageId: 9, status: 0 });
    peer.socket.end();
    expect(await endedAssociation(rig)).toMatchObject({ objects: 0, failures: 0 });
  });

  it('on the context of another service', async () => {
    const rig = await intakeRig({ limits: LATE });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    peer.send(requestCommitment(GOOD, 1));
    expect(await peer.response()).toMatchObject({ field: 0x8130, status: 0x0211 });
  });

  it('with a Transaction UID that is in use, by whomever, and the first one is reported all the same', async () => {
    const rig = await intakeRig({ limits: LATE });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    expect(await ask(peer, GOOD)).toBe(0);
    expect(await ask(peer, GOOD)).toBe(0x0210);
    const other = await RawPeer.associate(rig.port, CONTEXTS);
    expect(await ask(other, GOOD)).toBe(0x0210);
    const [requester] = rig.commitmentQueue.requesters();
    expect(requester && rig.commitmentQueue.waitingOf(requester, 10)).toHaveLength(1);
    expect(rig.commitmentQueue.requesters()).toHaveLength(1);
  });

  it('beyond the number of instances that one request may name', async () => {
    const rig = await intakeRig({ limits: LATE });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    const references = Array.from({ length: 50_001 }, (_, index) => [CT_STORAGE, `1.2.${index}`] as const);
    expect(await ask(peer, { references })).toBe(0x0213);
    expect(await ask(peer, { references: references.slice(1) })).toBe(0);
  });

  it('from a peer that may not ask: its context is not accepted', async () => {
    const rig = await intakeRig();
    allowPeer(rig, { services: ['storage'] });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    peer.send(requestCommitment(GOOD));
    expect((await peer.unit())?.type).toBe(7);
  });

  it('when the transaction cannot be recorded', async () => {
    const rig = await intakeRig({ limits: LATE });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    rig.vault.exec('DROP TABLE commitment_transactions');
    expect(await ask(peer, GOOD)).toBe(0x0110);
    peer.send(dataTransfer(pdv(3, 3, echoCommand(9))));
    expect(await peer.response()).toMatchObject({ status: 0 });
  });
});

describe('damaged requests', () => {
  const count = counted(400, 20_000);

  it(`are each answered, ${count} of them, and the node lives on`, async () => {
    const seed = Number(process.env.SEED ?? 20_260);
    console.log(`damaged commitment requests: SEED=${seed}`);
    const random = new RandomSource(`commitment/${seed}`);
    const rig = await intakeRig({ limits: LATE });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    const statuses = new Set<number>();
    for (let index = 0; index < count; index += 1) {
      const information = Buffer.from(actionInformation({ ...GOOD, transactionUid: `1.2.3.${index}` }));
      for (let damage = random.integer(1, 4); damage > 0; damage -= 1) {
        information[random.integer(0, information.length - 1)] = random.integer(0, 255);
      }
      peer.send(raw(information.subarray(0, random.integer(1, information.length))));
      const { field, status } = await peer.response();
      expect(field).toBe(0x8130);
      statuses.add(status);
    }
    expect([...statuses].filter((status) => ![0, 0x0106, 0x0110, 0x0115, 0x0210].includes(status))).toEqual([]);
    expect(statuses.size).toBeGreaterThan(2);
    expect(rig.log.filter((line) => line.startsWith('error'))).toEqual([]);
  }, 120_000);
});

describe('an instance of which nobody can say whether it is held', () => {
  it('is reported as a processing failure, the others as they are', async () => {
    const broken = () => {
      throw new Error('the disk does not answer');
    };
    const held = new HeldInstances({
      ledger: {
        objectsOfInstance: () => [{ objectId: 'one', state: 'received', sopClassUid: CT_STORAGE, bytes: 1 }],
      },
      spool: { holdsWhole: broken },
      pseudonymiser: new Pseudonymiser(Buffer.alloc(32, 7)),
      indexedFileIsThere: () => false,
    });
    const reference = { sopClassUid: CT_STORAGE, sopInstanceUid: '1.2.3' };
    expect(await held.report({ transactionUid: '1.1', references: [reference] })).toEqual({
      transactionUid: '1.1',
      committed: [],
      failed: [{ ...reference, reason: 'processingFailure' }],
    });
  });
});
