/** The identified half of a node on a real data folder, without a network: spool, ledger, settlement, index and vault. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Foundation, openFoundation } from '../../node-agent/assembly/foundation.ts';
import { buildSeriesDesk } from '../../node-agent/assembly/series-side.ts';
import { vaultSetUp } from '../../node-agent/assembly/vault-side.ts';
import { makeDataSet } from '../../node-agent/dicom/element.ts';
import { seriesEvidence } from '../../node-agent/harmonise/series/series-evidence.ts';
import { Reception } from '../../node-agent/intake/reception.ts';
import type { Outcome } from '../../node-agent/pipeline/messages.ts';
import { ObjectStore } from '../../node-agent/pipeline/object-store.ts';
import { Pipeline, type PipelineOptions } from '../../node-agent/pipeline/pipeline.ts';
import { Settlement, type SettlementParts } from '../../node-agent/pipeline/settlement.ts';
import { WorkerPool, type WorkerPoolOptions } from '../../node-agent/pipeline/worker-pool.ts';
import { readSettings } from '../../node-agent/settings/settings.ts';
import { description } from '../catalogue/fixtures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Of an object that says nothing about its series. */
export const NO_EVIDENCE = seriesEvidence(makeDataSet({ explicit: true, littleEndian: true }, []));

export const PLANTED_WORKER = new URL('./planted-worker.ts', import.meta.url);

export interface PipelineRig extends Foundation {
  readonly root: string;
  readonly objects: ObjectStore;
  readonly reception: Reception;
  /** What was logged as an error. */
  readonly errors: { message: string; fields: Record<string, unknown> }[];
  readonly warnings: { message: string; fields: Record<string, unknown> }[];
  settlement(changes?: Partial<SettlementParts>): Settlement;
  /** An object of this content in the spool and in the ledger, as after a C-STORE. */
  receive(content?: string, sopInstanceUid?: string): Promise<string>;
  /** What a worker leaves for an object: the file, and the outcome that speaks of it. */
  deidentified(objectId: string, changes?: Parameters<typeof description>[0], content?: string): Clean;
  /** Starts a pipeline that ends with the test. */
  pipeline(options?: { workers?: Partial<WorkerPoolOptions> } & Partial<Omit<PipelineOptions, 'workers'>>): Pipeline;
}

export type Clean = Extract<Outcome, { kind: 'deidentified' }>;

export async function pipelineRig(root = temporaryFolder()): Promise<PipelineRig> {
  const foundation = openFoundation(root);
  onTestFinished(() => foundation.close());
  const { ledger, spool, pseudonymiser } = foundation;
  const objects = new ObjectStore(root);
  await objects.open();
  const reception = new Reception({ ledger, spool, pseudonymiser });
  const errors: PipelineRig['errors'] = [];
  const warnings: PipelineRig['warnings'] = [];
  const logger = {
    error: (message: string, fields: Record<string, unknown> = {}) => void errors.push({ message, fields }),
    warn: (message: string, fields: Record<string, unknown> = {}) => void warnings.push({ message, fields }),
  };
  const seriesDesk = buildSeriesDesk(foundation, readSettings({}).values);
  let number = 0;
  const settlement = (changes: Partial<SettlementParts> = {}) =>
    new Settlement({ ...foundation, objects, seriesDesk, ...changes });
  return {
    ...foundation,
    root,
    objects,
    reception,
    errors,
    warnings,
    settlement,
    receive: async (content = `content ${number}`, sopInstanceUid = `1.2.3.${number}`) => {
      number += 1;
      const { objectId, path } = spool.newObject();
      writeFileSync(path, content);
      const contentHash = `hash of ${content}`;
      const known = { objectId, source: 'dimse', sopInstanceUid, contentHash, bytes: content.length } as const;
      await reception.admit({ ...known, durable: Promise.resolve() });
      return objectId;
    },
    deidentified: (objectId, changes = {}, content = `clean ${objectId}`) => {
      writeFileSync(objects.incomingPath(objectId), content);
      const described = description({
        instanceUid: `2.25.${BigInt(`0x${objectId.replaceAll('-', '')}`)}`,
        ...changes,
      });
      return {
        kind: 'deidentified',
        pseudonym: described.patientId,
        identity: { patientId: `original of ${described.patientId}` },
        description: described,
        harmonised: [],
        evidence: NO_EVIDENCE,
        profileHash: 'profile-1',
        mayShowFace: false,
        treatment: '{}',
        contentHash: `clean hash of ${content}`,
        bytes: content.length,
      };
    },
    pipeline: ({ workers: workerOptions, ...options } = {}) => {
      const workers = new WorkerPool({
        size: 1,
        setUp: { vault: vaultSetUp(foundation, readSettings({}).values) },
        timeLimitMs: 20_000,
        heapLimitMegabytes: 512,
        ...workerOptions,
      });
      const pipeline = new Pipeline({
        ledger,
        spool,
        objects,
        settlement: settlement(),
        workers,
        sourceNames: foundation.sourceNames,
        logger,
        onSettled: () => {},
        retryMilliseconds: 20,
        ...options,
      });
      onTestFinished(async () => {
        await pipeline.stop();
        await workers.stop();
      });
      pipeline.start();
      return pipeline;
    },
  };
}

/** Names of the files in a folder of the data folder, sub-folders included, work in progress left out. */
export function filesIn(root: string, folder: 'spool' | 'quarantine' | 'objects'): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

/** The bytes of an indexed object. */
export function indexedFile(rig: PipelineRig, objectId: string): string | undefined {
  const file = rig.indexDatabase.prepare('SELECT file FROM instances WHERE object_id = ?').pluck().get(objectId);
  const path = typeof file === 'string' ? join(rig.root, file) : undefined;
  return path && existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Waits until something holds. */
export async function until(holds: () => boolean, milliseconds = 10_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!holds()) {
    if (Date.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
