/** kill -9 at random moments: what a sender was told is stored is there, once, and files and ledger agree. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { recoverSpool } from '../../node-agent/intake/recovery.ts';
import { RandomSource } from '../phantom/random.ts';
import { sendFolder } from '../support/pacs-simulator.ts';
import { CLI, type RunningAgent, startAgent } from '../support/running-agent.ts';
import { counted } from '../support/soak.ts';
import { auditVerdict, disagreements, filesBelow, ledgerRows, pseudonymiserOf } from './data-folder-evidence.ts';
import { type PhantomFolder, type PlacedObject, phantomFolder, runSeed, scratchFolder } from './phantom-folder.ts';

const KILLS = counted(20, 100);
const KILLS_WHILE_STARTING = 3;
const PATIENTS = 24;
/** Answers a round waits for at most before the kill. */
const MOST_ANSWERS = 250;
const SENDERS = ['PACS_ONE', 'PACS_TWO', 'MR_ONE', 'CT_ONE'].slice(0, counted(2, 4));
const SETTLED_WITHIN_MS = 60_000;
const SETTINGS = ['log.level=warn', 'store.reserveMegabytes=0'];
const QUIET = { info: () => {}, error: () => {} };

let root: string;
let dataFolder: string;
let phantoms: PhantomFolder;
let random: RandomSource;

beforeAll(async () => {
  root = scratchFolder();
  dataFolder = join(root, 'data');
  const seed = runSeed('kill -9');
  random = new RandomSource(`kill/${seed}`);
  phantoms = await phantomFolder(root, { seed, count: PATIENTS });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Sends the objects from both senders at once, each in an order of its own; fills `acknowledged` with the names. */
async function sendAll(
  objects: readonly PlacedObject[],
  port: number,
  acknowledged: Set<string>,
  onAnswer: () => void = () => {},
): Promise<void> {
  const results = await Promise.all(
    SENDERS.map(async (callingAeTitle) => {
      const files = shuffled(objects).map(({ path }) => path);
      const to = { host: '127.0.0.1', port, calledAeTitle: 'GATEHOUSE', callingAeTitle };
      return sendFolder({ ...to, files, associations: 2, onProgress: onAnswer });
    }),
  );
  for (const { failed } of results) {
    const lost = new Set(failed.map(({ file }) => file));
    for (const { name } of objects) if (!lost.has(name)) acknowledged.add(name);
  }
}

function shuffled<T>(list: readonly T[]): T[] {
  const order = list.map((value) => ({ value, at: random.next() }));
  return order.sort((a, b) => a.at - b.at).map(({ value }) => value);
}

/** Names of acknowledged objects that are not in the ledger exactly once. */
function notOnce(acknowledged: ReadonlySet<string>): string[] {
  const pseudonymiser = pseudonymiserOf(dataFolder);
  const counts = Map.groupBy(ledgerRows(dataFolder), ({ instanceKey }) => instanceKey);
  return phantoms.objects
    .filter(({ name }) => acknowledged.has(name))
    .filter((object) => counts.get(pseudonymiser.fingerprint('instance', object.sopInstanceUid))?.length !== 1)
    .map(({ name }) => name);
}

async function settled(): Promise<void> {
  const until = performance.now() + SETTLED_WITHIN_MS;
  while (ledgerRows(dataFolder).some(({ state }) => state === 'received' || state === 'processing')) {
    if (performance.now() > until) throw new Error('The node did not settle what it received in time.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Recovery straight after a kill, twice: the second time there is nothing left to do. */
async function expectRecoveryToBeRepeatable(): Promise<void> {
  const foundation = openFoundation(dataFolder);
  try {
    const first = await recoverSpool({ ...foundation, logger: QUIET });
    const second = await recoverSpool({ ...foundation, logger: QUIET });
    console.log(`recovery after the last kill: ${JSON.stringify(first)}`);
    expect(Object.values(second).filter((count) => count > 0)).toEqual([]);
  } finally {
    foundation.close();
  }
}

/** Starts a node and kills it after a while, ready or not. */
async function killWhileStarting(): Promise<void> {
  const words = ['serve', '--data-dir', dataFolder, '--set', 'dicom.port=0', '--set', 'http.port=0'];
  const agent = spawn(process.execPath, [...CLI, ...words], { stdio: 'ignore' });
  const ended = new Promise((resolve) => agent.once('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, random.between(250, 1500)));
  agent.kill('SIGKILL');
  await ended;
}

describe('A node that is killed', () => {
  it(
    `loses nothing it acknowledged and counts nothing twice, over ${KILLS} kills while ${SENDERS.length} senders send`,
    async () => {
      const acknowledged = new Set<string>();
      const total = phantoms.objects.length;
      const log: string[] = [];
      for (let round = 0; round < KILLS; round += 1) {
        // New objects come with every round; everything before is sent again.
        const objects = phantoms.objects.slice(0, Math.ceil((total * (round + 1)) / KILLS));
        const agent: RunningAgent = await startAgent(dataFolder, SETTINGS);
        const answers = random.integer(0, Math.min(MOST_ANSWERS, objects.length * SENDERS.length - 1));
        const delay = random.between(0, 25);
        let answered = 0;
        let killed: Promise<void> | undefined;
        const kill = (): void => {
          killed ??= new Promise((resolve) => setTimeout(resolve, delay)).then(() => agent.kill());
        };
        if (answers === 0) kill();
        await sendAll(objects, agent.dicomPort, acknowledged, () => {
          answered += 1;
          if (answered >= answers) kill();
        });
        await killed;
        log.push(`${answers}+${delay.toFixed(0)}ms:${acknowledged.size}`);
        expect(notOnce(acknowledged), `after kill ${round + 1}, acknowledged but not in the ledger once`).toEqual([]);
      }
      await expectRecoveryToBeRepeatable();
      for (let round = 0; round < KILLS_WHILE_STARTING; round += 1) await killWhileStarting();
      console.log(`kill after answers+delay:acknowledged so far: ${log.join(' ')} of ${total}`);

      const agent = await startAgent(dataFolder, SETTINGS);
      try {
        await sendAll(phantoms.objects, agent.dicomPort, acknowledged);
        expect(acknowledged.size).toBe(total);
        await settled();
      } finally {
        expect(await agent.stop()).toBe(0);
      }
      const rows = ledgerRows(dataFolder);
      expect(rows).toHaveLength(total);
      expect(notOnce(acknowledged)).toEqual([]);
      const expected = phantoms.objects.filter((object) => object.expected === 'indexed').length;
      const ends = Map.groupBy(rows, ({ state, cause }) => `${state} ${cause ?? ''}`);
      const summary = [...ends].map(([end, those]) => `${end}: ${those.length}`).join(', ');
      expect(ends.get('indexed ')?.length, summary).toBe(expected);
      expect(rows.filter(({ state }) => state === 'indexed' || state === 'quarantined')).toHaveLength(total);
      expect(disagreements(dataFolder)).toEqual([]);
    },
    counted(150_000, 1_800_000),
  );

  it('finds nothing left to recover once it has recovered', async () => {
    const before = { rows: ledgerRows(dataFolder), files: filesBelow(dataFolder).filter(isObject) };
    await (await startAgent(dataFolder, SETTINGS)).stop();
    expect({ rows: ledgerRows(dataFolder), files: filesBelow(dataFolder).filter(isObject) }).toEqual(before);
  });

  it('keeps an audit log that is intact and tells of each start', () => {
    const { intact, entries } = auditVerdict(dataFolder);
    expect(intact).toBe(true);
    expect(entries).toBeGreaterThanOrEqual(KILLS + 1);
  });
});

function isObject(file: string): boolean {
  return file.endsWith('.dcm') || file.endsWith('.tmp');
}
