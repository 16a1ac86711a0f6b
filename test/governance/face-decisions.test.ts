import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import { FEWEST_SLICES_OF_A_FACE as FEWEST_SLICES } from '../../node-agent/catalogue/face-volume.ts';
import type { DatasetDetail } from '../../node-agent/governance/dataset-record.ts';
import { DatasetRegister } from '../../node-agent/governance/dataset-register.ts';
import type { Person } from '../../node-agent/governance/transitions.ts';
import { CODES, manyPatients, SeededIndex } from '../compute/seeded-index.ts';

const ada: Person = { name: 'ada', role: 'administrator' };
const olga: Person = { name: 'olga', role: 'officer' };
const vera: Person = { name: 'vera', role: 'viewer' };
const REASON = 'The ethics committee asked for the whole head; recipients sign not to identify.';

let index: SeededIndex;
let register: DatasetRegister;
let audited: { actor: string; action: string; detail?: string }[];
let id: string;

/** Adds a patient with one MR volume of the head. */
function addHead(patient: string, frames = FEWEST_SLICES): void {
  index.add({ id: patient, sex: CODES.female, age: 50, series: [{ modality: 'MR', frames, mayShowFace: true }] });
}

beforeEach(() => {
  index = new SeededIndex();
  audited = [];
  register = new DatasetRegister({
    database: index.database,
    audit: { record: (entry) => audited.push(entry) },
    cohorts: new CohortQuery(index.database),
    conditions: [{ code: CODES.breastCancer, label: 'Breast cancer' }],
    threshold: 10,
  });
  index.add(...manyPatients('p', 12, { sex: CODES.female, age: 50 }));
  id = register.draft(
    {
      title: 'Heads',
      description: 'MR of one clinic',
      condition: CODES.breastCancer,
      query: { modality: ['MR'] },
      publisher: 'Clinic',
      contactEmail: 'data@clinic.example',
      keywords: [],
      provenance: 'Routine care',
      accessUrl: 'https://negotiator.example/heads',
    },
    ada,
  ).id;
});
afterEach(() => index.close());

const check = (): DatasetDetail => register.advance(id, { to: 'checked' }, olga);
const faceCheck = (detail: DatasetDetail) => detail.checks.find((one) => one.id === 'faces');

describe('a dataset with a volume from which a face could be rebuilt', () => {
  it('does not pass the check until somebody decides', () => {
    addHead('head-1');
    expect(register.detail(id, vera).faces).toEqual({ undecided: 1, accepted: 0, excluded: 0 });
    expect(check).toThrow(/From 1 series of the head or neck a face could be rebuilt\. Exclude them, or accept them/);
    expect(faceCheck(register.detail(id, vera))?.passed).toBe(false);
  });

  it('passes when a named person accepts it with a reason, which stays on record', () => {
    addHead('head-1');
    register.decideFaces(id, { decision: 'accepted', reason: REASON }, olga);
    const detail = check();
    expect(faceCheck(detail)).toMatchObject({ passed: true });
    expect(detail.instances).toBe(13);
    expect(detail.faces).toEqual({ undecided: 0, accepted: 1, excluded: 0 });
    expect(detail.history.some(({ by, reason }) => by === 'olga' && reason?.includes(REASON))).toBe(true);
    expect(audited).toContainEqual(
      expect.objectContaining({
        actor: 'olga',
        action: 'dataset.faces-accepted',
        detail: expect.stringContaining(REASON),
      }),
    );
  });

  it('passes without the volume when it is excluded', () => {
    addHead('head-1');
    register.decideFaces(id, { decision: 'excluded' }, olga);
    const detail = check();
    expect(detail).toMatchObject({ state: 'checked', instances: 12, series: 12 });
    expect(detail.faces).toEqual({ undecided: 0, accepted: 0, excluded: 1 });
  });

  it('asks again when another volume comes, also between the check and the release', () => {
    addHead('head-1');
    register.decideFaces(id, { decision: 'accepted', reason: REASON }, olga);
    addHead('head-2');
    expect(register.detail(id, vera).faces).toEqual({ undecided: 1, accepted: 1, excluded: 0 });
    expect(check).toThrow(/From 1 series/);
  });

  it('lets the newest decision count', () => {
    addHead('head-1');
    register.decideFaces(id, { decision: 'excluded' }, olga);
    register.decideFaces(id, { decision: 'accepted', reason: REASON }, ada);
    expect(register.detail(id, vera).faces).toEqual({ undecided: 0, accepted: 1, excluded: 0 });
  });

  it('is decided about by staff, in a draft, with a reason, and only where there is a face', () => {
    const decide = (person: Person, reason?: string) => () =>
      register.decideFaces(id, { decision: 'accepted', reason }, person);
    expect(decide(olga, REASON)).toThrow(/nothing to decide/);
    addHead('head-1');
    expect(decide(vera, REASON)).toThrow(/needs the role officer or administrator/);
    expect(decide(olga)).toThrow(/needs a reason/);
    expect(decide(olga, '  ')).toThrow(/needs a reason/);
    decide(olga, REASON)();
    check();
    expect(decide(olga, REASON)).toThrow(/Take it back to draft first/);
  });
});

describe('a volume of few slices', () => {
  it('shows no face, nor do many slices of something else', () => {
    addHead('head-1', FEWEST_SLICES - 1);
    index.add({ id: 'knee', sex: CODES.female, age: 50, series: [{ modality: 'MR', frames: 400 }] });
    expect(register.detail(id, vera).faces).toEqual({ undecided: 0, accepted: 0, excluded: 0 });
    expect(check().state).toBe('checked');
  });
});
