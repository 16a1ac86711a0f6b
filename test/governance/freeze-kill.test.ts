/** kill -9 at random moments of a check: the dataset is the draft it was, or checked with all its members and evidence. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import { DatasetRegister } from '../../node-agent/governance/dataset-register.ts';
import { GATES } from '../../node-agent/governance/gate-checks.ts';
import type { Person } from '../../node-agent/governance/transitions.ts';
import { runSeed } from '../agent/phantom-folder.ts';
import { CODES, manyPatients, SeededIndex } from '../compute/seeded-index.ts';
import { RandomSource } from '../phantom/random.ts';
import { counted } from '../support/soak.ts';

const KILLS = counted(6, 200);
const PATIENTS = counted(1_500, 20_000);
const SERIES_OF_EACH = 5;
const olga: Person = { name: 'olga', role: 'officer' };

let index: SeededIndex;
let register: DatasetRegister;
let random: RandomSource;
let id: string;

beforeAll(() => {
  random = new RandomSource(`freeze/${runSeed('kill -9 while freezing')}`);
  index = new SeededIndex();
  const series = Array.from({ length: SERIES_OF_EACH }, () => ({ bodyPart: CODES.breast }));
  index.add(...manyPatients('p', PATIENTS, { sex: CODES.female, age: 50, series }));
  register = new DatasetRegister({
    database: index.database,
    audit: { record: () => {} },
    cohorts: new CohortQuery(index.database),
    conditions: [{ code: CODES.breastCancer, label: 'Breast cancer' }],
    threshold: 10,
  });
  id = register.draft(
    {
      title: 'Breast MR',
      description: 'Breast MR of one clinic',
      condition: CODES.breastCancer,
      query: {},
      publisher: 'Clinic',
      contactEmail: 'data@clinic.example',
      keywords: [],
      provenance: 'Routine care',
      accessUrl: 'https://negotiator.example/breast',
    },
    { name: 'ada', role: 'administrator' },
  ).id;
}, 300_000);
afterAll(() => index.close());

interface Run {
  readonly milliseconds: number;
  readonly ended: boolean;
}

/** Starts a check in a process of its own and kills it so long after it began; never where that is not given. */
function check(killAfter?: number): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'freezing-process.ts'), [join(index.folder, 'index.db'), id], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let began = 0;
    let ended = false;
    child.on('message', (message) => {
      if (message === 'ends') ended = true;
      if (message !== 'begins') return;
      began = performance.now();
      if (killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter);
    });
    child.once('error', reject);
    child.once('exit', () => resolve({ milliseconds: performance.now() - began, ended }));
  });
}

/** What the database holds of the dataset, in numbers. */
function standing() {
  const count = (table: string) =>
    index.database.prepare(`SELECT COUNT(*) FROM ${table} WHERE dataset_id = ?`).pluck().get(id) as number;
  const { state, contentHash } = register.detail(id, olga);
  return {
    state,
    hash: contentHash === null ? 'none' : 'fixed',
    series: count('dataset_series'),
    objects: count('dataset_objects'),
    evidence: count('dataset_evidence'),
    events: count('dataset_history'),
  };
}

describe('a check that is killed', () => {
  it(`leaves the old or the new state, ${KILLS} times`, async () => {
    const members = PATIENTS * SERIES_OF_EACH;
    const whole = await check();
    expect(whole.ended).toBe(true);
    const seen = { draft: 0, checked: 0 };
    for (let round = 0; round < KILLS; round += 1) {
      if (register.detail(id, olga).state === 'checked') register.advance(id, { to: 'draft' }, olga);
      const before = standing();
      expect(before).toMatchObject({ state: 'draft', hash: 'none', series: 0, objects: 0, evidence: 0 });
      const { ended } = await check(random.next() * whole.milliseconds * 1.1);
      const after = standing();
      const checked = {
        state: 'checked',
        hash: 'fixed',
        series: members,
        objects: members,
        evidence: Object.keys(GATES).length - 1,
        events: before.events + 1,
      };
      expect(after).toEqual(after.state === 'checked' ? checked : before);
      // what was told was done
      if (ended) expect(after.state).toBe('checked');
      seen[after.state === 'checked' ? 'checked' : 'draft'] += 1;
    }
    console.log(`kill -9 while freezing: ${seen.draft} times the old state, ${seen.checked} times the new one`);
    expect(seen.draft).toBeGreaterThan(0);
    if (register.detail(id, olga).state === 'draft') register.advance(id, { to: 'checked' }, olga);
    expect(register.advance(id, { to: 'released' }, olga).state).toBe('released');
  }, 1_200_000);
});
