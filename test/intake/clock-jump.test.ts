/** The clock of the machine jumps by hours, forwards and backwards: what the receiver waits for goes by a clock that does not. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Foundation } from '../../node-agent/assembly/foundation.ts';
import { healthChecks } from '../../node-agent/assembly/health.ts';
import { AUDIT_MIGRATIONS, AuditHead } from '../../node-agent/audit/audit-head.ts';
import { AuditLog } from '../../node-agent/audit/audit-log.ts';
import type { SettingValues } from '../../node-agent/settings/manifest.ts';
import { AssociationRecord } from '../../node-agent/store/association-record.ts';
import { openDatabase } from '../../node-agent/store/database.ts';
import { LEDGER_MIGRATIONS } from '../../node-agent/store/ledger-schema.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { jumpHours } from '../support/wall-clock.ts';
import { ReportListener } from './commitment/commitment-peer.ts';
import { allowPeer, askAndLeave, nothingOwed, startSender } from './commitment/commitment-rig.ts';
import {
  associateRequest,
  dataTransfer,
  echoCommand,
  pdv,
  RawPeer,
  RELEASE_REQUEST,
  store,
} from './receiver/raw-peer.ts';
import { archiveAt, retrieveRig } from './retrieve/retrieve-rig.ts';
import { endedAssociation, intakeRig, type Rig, until } from './rig.ts';

const HOURS = [6, -12, 30, -48] as const;
/** Longer than the receiver takes from one look at its deadlines to the next. */
const SWEEP_MS = 1_200;

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

describe('associations', () => {
  it('stay open over jumps, while a connection, a unit and an object are on their way', async () => {
    const rig = await intakeRig();
    const connected = await RawPeer.connect(rig.port);
    const idle = await RawPeer.associate(rig.port);
    const sending = await RawPeer.associate(rig.port);
    const whole = store('1.2.3.4');
    sending.send(whole.subarray(0, whole.length - 20));
    for (const hours of HOURS) {
      await sleep(SWEEP_MS);
      jumpHours(hours);
    }
    await sleep(SWEEP_MS);
    sending.send(whole.subarray(whole.length - 20));
    expect(await sending.response()).toMatchObject({ field: 0x8001, status: 0 });
    idle.send(dataTransfer(pdv(3, 3, echoCommand(4))));
    expect(await idle.response()).toMatchObject({ messageId: 4, status: 0 });
    connected.send(associateRequest({}));
    expect((await connected.unit())?.type).toBe(2);
  }, 20_000);

  it.each([6, -6])('end at their limits all the same after a jump of %i hours', async (hours) => {
    const rig = await intakeRig({ limits: { idleMilliseconds: 1_500, artimMilliseconds: 1_500 } });
    const [connected, idle] = [await RawPeer.connect(rig.port), await RawPeer.associate(rig.port)];
    jumpHours(hours);
    expect((await idle.unit())?.type).toBe(7);
    expect(await connected.unit()).toBeUndefined();
    idle.socket.end();
    expect(await endedAssociation(rig)).toMatchObject({ outcome: 'aborted: nothing arrived for too long' });
  });

  it('are listed in the order they came, and last as long as they lasted', async () => {
    const rig = await intakeRig();
    for (const [index, hours] of [0, ...HOURS].entries()) {
      jumpHours(hours);
      const peer = await RawPeer.connect(rig.port);
      peer.send(associateRequest({ calling: `PEER${index}` }));
      expect((await peer.unit())?.type).toBe(2);
      jumpHours(-3);
      peer.send(RELEASE_REQUEST);
      await peer.unit();
      peer.socket.end();
      await until(() => rig.associations.newest(1)[0]?.endedAt ?? undefined);
    }
    const rows = rig.associations.newest(10);
    expect(rows.map(({ callingAeTitle }) => callingAeTitle)).toEqual(['PEER4', 'PEER3', 'PEER2', 'PEER1', 'PEER0']);
    for (const { milliseconds } of rows) {
      expect(milliseconds).toBeGreaterThanOrEqual(0);
      expect(milliseconds).toBeLessThan(20_000);
    }
  });

  it('that were rejected are forgotten in the order they came', async () => {
    const database = openDatabase(`${temporaryFolder()}/index.db`, LEDGER_MIGRATIONS);
    database.pragma('synchronous = OFF');
    const associations = new AssociationRecord(database);
    const reject = (callingAeTitle: string) =>
      associations.start({ ...REJECTED, associationId: randomUUID(), callingAeTitle });
    for (let count = 0; count < 5_100; count += 1) reject('BEFORE');
    jumpHours(-6);
    for (let count = 0; count < 400; count += 1) reject('AFTER');
    const kept = associations.newest(10_000);
    expect(kept.filter(({ callingAeTitle }) => callingAeTitle === 'AFTER')).toHaveLength(400);
    expect(kept.length).toBeLessThan(5_300);
    database.close();
  });
});

describe('what is tried again', () => {
  it.each([6, -6])(
    'is: a report of storage commitment, after a jump of %i hours neither sooner nor later',
    async (hours) => {
      const rig = await intakeRig();
      const listener = await ReportListener.start({ role: [0, 1], requests: ['reject'] });
      allowPeer(rig, { dicomHost: '127.0.0.1', dicomPort: listener.port });
      const began = performance.now();
      startSender(rig, { retryMilliseconds: 5_000 });
      await askAndLeave(rig, '1.2.3.1', '1.1');
      await until(() => rig.commitmentQueue.overdue(1)[0]);
      jumpHours(hours);
      await sleep(SWEEP_MS);
      expect(listener.requests).toHaveLength(1);
      await nothingOwed(rig);
      expect(listener.requests).toHaveLength(2);
      expect(performance.now() - began).toBeGreaterThan(5_000);
    },
  );

  it('is: a retrieval, although the clock was set back', async () => {
    const rig = await intakeRig({ listen: false });
    const { retriever, want, rows } = retrieveRig(rig, archiveAt(await freePort()));
    jumpHours(0);
    want(['1.2.3']);
    retriever.start();
    const study = () => rows()[0];
    await until(() => study()?.state === 'waiting' && study()?.sentence);
    const attempts = study()?.attempts ?? 0;
    jumpHours(-6);
    await until(() => {
      tickSeconds();
      return (study()?.attempts ?? 0) > attempts;
    });
  });

  it('is: a retrieval whose archive takes so many an hour, also those begun before the clock was set back', async () => {
    const rig = await intakeRig({ listen: false });
    const { retriever, want, rows } = retrieveRig(rig, archiveAt(await freePort(), { studiesPerHour: 1 }));
    jumpHours(0);
    want(['1.2.3', '1.2.4']);
    retriever.start();
    const begun = () => rows().reduce((sum, { attempts }) => sum + attempts, 0);
    await until(() => begun() === 1);
    jumpHours(-6);
    await sleep(SWEEP_MS);
    expect(begun()).toBe(1);
    jumpHours(1.1);
    await until(() => begun() === 2);
  });
});

describe('the audit log', () => {
  it('stays one chain in the order of what was done', async () => {
    const folder = temporaryFolder();
    const database = openDatabase(`${folder}/index.db`, AUDIT_MIGRATIONS);
    const open = () => new AuditLog(folder, new AuditHead(database));
    let audit = open();
    for (const hours of [0, ...HOURS]) {
      jumpHours(hours);
      audit.record({ actor: 'node', action: 'node.started', subject: `after ${hours}` });
      audit.close();
      audit = open();
    }
    expect(audit.verify()).toMatchObject({ intact: true, entries: HOURS.length + 1 });
    const { rows } = audit.page(0, 10);
    expect(rows.map(({ subject }) => subject)).toEqual([0, ...HOURS].reverse().map((hours) => `after ${hours}`));
    audit.close();
    database.close();
  });
});

describe('the health of the audit log', () => {
  it('is looked at again after ten minutes, also when the clock was set back meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    let looks = 0;
    const audit = {
      verify: () => {
        looks += 1;
        return { intact: true, entries: looks, sentence: `look ${looks}` };
      },
    };
    const checks = healthChecks({ audit } as unknown as Foundation, {} as SettingValues);
    const check = checks.find(({ id }) => id === 'audit');
    await check?.check();
    jumpHours(-6);
    vi.advanceTimersByTime(9 * 60_000);
    expect(await check?.check()).toMatchObject({ sentence: 'look 1' });
    vi.advanceTimersByTime(2 * 60_000);
    expect(await check?.check()).toMatchObject({ sentence: 'look 2' });
  });
});

const REJECTED: Parameters<Rig['associations']['start']>[0] = {
  associationId: '',
  callingAeTitle: '',
  calledAeTitle: 'GATEHOUSE',
  remoteAddress: '127.0.0.1',
  peerTag: null,
  tlsProtocol: null,
  certificate: null,
  rejection: '1/1/3',
  contexts: '[]',
};

/** The clock stands still where it was moved to; some of what is waited for goes by it. */
function tickSeconds(): void {
  jumpHours(1 / 3_600);
}
