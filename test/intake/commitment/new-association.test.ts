/** A sender that leaves is told where it listens itself, however long that takes. */
import { describe, expect, it } from 'vitest';
import { commitmentChecks } from '../../../node-agent/assembly/health.ts';
import { CT_STORAGE, pdu } from '../receiver/raw-peer.ts';
import { intakeRig, type Rig, until } from '../rig.ts';
import { type ListenerOptions, ReportListener } from './commitment-peer.ts';
import { allowPeer, askAndLeave, nothingOwed, startSender } from './commitment-rig.ts';

const GRANTED: ListenerOptions = { role: [0, 1] };

async function peerThatListens(rig: Rig, options: ListenerOptions = GRANTED) {
  const listener = await ReportListener.start(options);
  const peer = allowPeer(rig, { dicomHost: '127.0.0.1', dicomPort: listener.port });
  return { listener, peer };
}

function warnings({ log }: Rig, sentence: string): number {
  return log.filter((line) => line.startsWith(`warn ${sentence}`)).length;
}

describe('a sender that asks for storage commitment and leaves', () => {
  it('is told on an association of this node, which proposes to be the provider', async () => {
    const rig = await intakeRig();
    const { listener } = await peerThatListens(rig);
    startSender(rig);
    await askAndLeave(rig, '1.2.3.1', '1.2.3.77');
    await nothingOwed(rig);
    expect(listener.requests).toEqual([{ called: 'RAWPEER', calling: 'GATEHOUSE', roles: [[0, 1]] }]);
    expect(listener.reports).toMatchObject([
      { eventType: 1, transactionUid: '1.2.3.77', committed: [[CT_STORAGE, '1.2.3.1']], failed: [] },
    ]);
  });

  it('is told also where its listener says nothing about roles, and not where it refuses the role', async () => {
    const rig = await intakeRig();
    const { listener, peer } = await peerThatListens(rig, { role: undefined });
    const refusing = await ReportListener.start({ role: [1, 0] });
    startSender(rig);
    await askAndLeave(rig, '1.2.3.1', '1.1');
    await nothingOwed(rig);
    expect(listener.reports).toHaveLength(1);
    rig.register.change(peer.peerId, { ...peer, dicomPort: refusing.port }, 'test');
    await askAndLeave(rig, '1.2.3.1', '1.2');
    await until(() => warnings(rig, 'The peer does not let this node be the provider'));
    expect(refusing.reports).toEqual([]);
  });

  it.each<[string, NonNullable<ListenerOptions['requests']>, string]>([
    ['rejects', ['reject', 'reject'], 'The peer rejected the association. Register the AE title'],
    ['aborts', ['abort'], 'The peer aborted the association.'],
    ['does not answer', ['silence'], 'The peer did not answer in time.'],
    ['refuses the class', ['refuse context'], 'The peer does not take reports of storage commitment.'],
  ])('is told later when its listener %s at first', async (_, requests, sentence) => {
    const rig = await intakeRig();
    const { listener } = await peerThatListens(rig, { ...GRANTED, requests: [...requests] });
    startSender(rig, { retryMilliseconds: 20, answerMilliseconds: 300 });
    await askAndLeave(rig, '1.2.3.1', '1.1');
    await nothingOwed(rig);
    expect(warnings(rig, sentence)).toBe(1);
    expect(listener.requests).toHaveLength(requests.length + 1);
    expect(listener.reports).toHaveLength(1);
  });

  it('is told once its place has been entered, and until then the administrator is told what to do', async () => {
    const rig = await intakeRig();
    const peer = allowPeer(rig);
    const listener = await ReportListener.start(GRANTED);
    startSender(rig, { retryMilliseconds: 20 });
    await askAndLeave(rig, '1.2.3.1', '1.1');
    const sentence =
      'It is not known where this peer listens for reports of storage commitment. Enter its host and port';
    await until(() => (rig.commitmentQueue.overdue(3).length > 0 ? true : undefined));
    expect(warnings(rig, sentence)).toBe(1);
    const [check] = commitmentChecks(rig.commitmentQueue);
    expect(await check?.check()).toMatchObject({
      level: 'warning',
      sentence: expect.stringMatching(
        /^1 report of storage commitment could not be delivered to CT suite 1\. It is not known/u,
      ),
    });
    rig.register.change(peer.peerId, { ...peer, dicomHost: 'localhost', dicomPort: listener.port }, 'test');
    await nothingOwed(rig);
    expect(listener.reports).toHaveLength(1);
    expect(await check?.check()).toMatchObject({ level: 'ok' });
  });

  it('is waited for longer and longer, by a clock that only goes forward', async () => {
    const rig = await intakeRig();
    const { listener } = await peerThatListens(rig, { ...GRANTED, requests: ['reject', 'reject', 'reject'] });
    let now = 0;
    const sender = startSender(rig, { retryMilliseconds: 10_000, now: () => now });
    const moveTo = (milliseconds: number) => {
      now = milliseconds;
      sender.nudge();
    };
    const nothingHappensAt = async (milliseconds: number) => {
      const before = listener.requests.length;
      moveTo(milliseconds);
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(listener.requests).toHaveLength(before);
    };
    const failedTimes = (attempts: number) => until(() => rig.commitmentQueue.overdue(attempts)[0]);
    await askAndLeave(rig, '1.2.3.1', '1.1');
    await failedTimes(1);
    await nothingHappensAt(9_999);
    moveTo(10_000);
    await failedTimes(2);
    await nothingHappensAt(29_999);
    moveTo(30_000);
    await failedTimes(3);
    await nothingHappensAt(69_999);
    moveTo(70_000);
    await nothingOwed(rig);
    expect(listener.requests).toHaveLength(4);
  });

  it('is tried at once when it shows up again', async () => {
    const rig = await intakeRig();
    const { listener } = await peerThatListens(rig, { ...GRANTED, requests: ['reject'] });
    startSender(rig, { retryMilliseconds: 3_600_000 });
    await askAndLeave(rig, '1.2.3.1', '1.1');
    await until(() => rig.commitmentQueue.overdue(1)[0]);
    await askAndLeave(rig, '1.2.3.2', '1.2');
    await nothingOwed(rig);
    expect(listener.reports.map(({ transactionUid }) => transactionUid)).toEqual(['1.1', '1.2']);
  });

  it('is told again what it answered with a failure, a dozen times and no more; others are told meanwhile', async () => {
    const rig = await intakeRig();
    const statuses = Array.from({ length: 100 }, () => 0x0110);
    const { listener } = await peerThatListens(rig, { ...GRANTED, statuses });
    let now = 0;
    const sender = startSender(rig, { now: () => now });
    await askAndLeave(rig, '1.2.3.1', '1.1');
    await until(() => {
      now += 3_600_000;
      sender.nudge();
      return rig.commitmentQueue.requesters().length === 0;
    });
    expect(listener.reports).toHaveLength(12);
    expect(warnings(rig, 'The peer answered the report of a storage commitment with the failure 0110.')).toBe(12);
    statuses.splice(0);
    await askAndLeave(rig, '1.2.3.1', '1.2');
    await nothingOwed(rig);
    expect(listener.reports).toHaveLength(13);
  });

  it('is told again what was sent when the connection broke before its answer', async () => {
    const rig = await intakeRig();
    const listener = await ReportListener.start(GRANTED);
    allowPeer(rig, { dicomHost: '127.0.0.1', dicomPort: listener.port });
    const send = listener.answerWith((peer) => void peer.socket.destroy());
    startSender(rig, { retryMilliseconds: 20 });
    await askAndLeave(rig, '1.2.3.1', '1.1');
    await nothingOwed(rig);
    expect(send.times).toBe(1);
    expect(listener.reports.map(({ transactionUid }) => transactionUid)).toEqual(['1.1', '1.1']);
  });

  it('is not told any more when it is no peer, and not while it has lost the right', async () => {
    const rig = await intakeRig();
    const { listener, peer } = await peerThatListens(rig);
    await askAndLeave(rig, '1.2.3.1', '1.1');
    rig.register.change(peer.peerId, { ...peer, enabled: false }, 'test');
    startSender(rig, { retryMilliseconds: 20 });
    await until(() => warnings(rig, 'The peer is switched off, or may not use storage commitment any more.'));
    rig.register.remove(peer.peerId, 'test');
    await nothingOwed(rig);
    expect(warnings(rig, 'The peer that asked is no peer any more.')).toBe(1);
    expect(listener.requests).toEqual([]);
  });

  it('does not keep the node from stopping, silent or not, and is told after the next start', async () => {
    const rig = await intakeRig();
    const { listener } = await peerThatListens(rig, { ...GRANTED, requests: ['silence'] });
    const sender = startSender(rig, { answerMilliseconds: 600_000 });
    await askAndLeave(rig, '1.2.3.1', '1.1');
    await until(() => listener.requests.length === 1);
    await sender.stop();
    startSender(rig);
    await nothingOwed(rig);
    expect(listener.reports).toHaveLength(1);
  });

  it('cannot bring the node down with what it answers', async () => {
    const rig = await intakeRig();
    const { listener } = await peerThatListens(rig);
    const answers = [
      Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
      pdu(2, Buffer.alloc(3)),
      pdu(4, Buffer.from([0, 0, 0, 3, 1, 3, 0])),
      pdu(4, Buffer.from([0, 0, 0, 8, 1, 3, 1, 2, 3, 4, 5, 6])),
      pdu(9, Buffer.alloc(10)),
      Buffer.from([2, 0, 0xff, 0xff, 0xff, 0xff]),
    ];
    const nonsense = answers.length;
    const send = listener.answerWith((peer) => {
      peer.send(answers.shift() ?? Buffer.alloc(0));
    }, nonsense);
    startSender(rig, { retryMilliseconds: 1, answerMilliseconds: 300 });
    await askAndLeave(rig, '1.2.3.1', '1.1');
    await nothingOwed(rig);
    expect(send.times).toBe(nonsense);
    expect(listener.reports.at(-1)).toMatchObject({ eventType: 1 });
  });
});
