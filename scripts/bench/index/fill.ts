/** Fills an index through the product's own writer, in the steps and groups of reception and settlement. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Catalogue } from '../../../node-agent/catalogue/catalogue.ts';
import type { SqliteDatabase } from '../../../node-agent/store/database.ts';
import { ObjectIds } from '../../../node-agent/store/object-id.ts';
import { ObjectLedger } from '../../../node-agent/store/object-ledger.ts';
import type { ArchivedObject } from './archive.ts';

/** Objects that are admitted together, and that are settled together (`LARGEST_GROUP` of the pipeline). */
const GROUP = 64;
/** Every so many objects one is stopped, so that the quarantine has something to list. */
const STOPPED_EVERY = 500;
const CAUSES = ['residual-identifier', 'unsupported-object', 'conformance'];

export interface Stretch {
  /** Instances in the index when it ended. */
  readonly instances: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Of the whole process, the making of objects included: comparable also while the machine does other things. */
  readonly processorMicroseconds: number;
  readonly kilobytesWritten: number;
}

export interface FillOptions {
  readonly instances: number;
  /** A stretch ends at each multiple of this. */
  readonly stretch: number;
  readonly onStretch: (stretch: Stretch) => void;
}

/**
 * Ledger row durable, then index rows and the settled state in one durable transaction, as an object that came over the
 * network. Making the objects up is not counted.
 */
export async function fillIndex(
  database: SqliteDatabase,
  objects: Iterator<ArchivedObject>,
  { instances, stretch, onStretch }: FillOptions,
): Promise<void> {
  const ledger = new ObjectLedger(database);
  const catalogue = new Catalogue(database);
  const objectIds = new ObjectIds();
  let milliseconds = 0;
  let begun = 0;
  let used = usage();
  for (let done = 0; done < instances; ) {
    const group = Array.from({ length: Math.min(GROUP, instances - done) }, () => next(objects));
    const ids = group.map(() => objectIds.next());
    const arrivals = group.map(({ description, file }, index) => ({
      objectId: ids[index] ?? '',
      source: 'dimse' as const,
      associationId: undefined,
      instanceKey: randomBytes(24).toString('base64url'),
      contentHash: randomBytes(24).toString('base64url'),
      sopClassUid: description.sopClassUid,
      transferSyntaxUid: description.transferSyntaxUid,
      bytes: file.bytes,
    }));
    const start = performance.now();
    ledger.admit(arrivals);
    await ledger.flushed();
    ledger.claim(GROUP);
    for (const [index, { description }] of group.entries()) catalogue.check(description, ids[index] ?? '');
    database.transaction(() => {
      for (const [index, object] of group.entries()) settle(ledger, catalogue, object, ids[index] ?? '', done + index);
    })();
    milliseconds += performance.now() - start;
    done += group.length;
    if (done % stretch < GROUP || done === instances) {
      const [count, now] = [done - begun, usage()];
      onStretch({
        instances: done,
        seconds: milliseconds / 1000,
        perSecond: (count / milliseconds) * 1000,
        processorMicroseconds: (now.microseconds - used.microseconds) / count,
        kilobytesWritten: (now.kilobytes - used.kilobytes) / count,
      });
      used = now;
      milliseconds = 0;
      begun = done;
    }
  }
  ledger.close();
}

/** What the process used so far (getrusage, proc(5)). */
function usage() {
  const { user, system } = process.cpuUsage();
  const written = /^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1];
  return { microseconds: user + system, kilobytes: Number(written ?? Number.NaN) / 1000 };
}

function settle(
  ledger: ObjectLedger,
  catalogue: Catalogue,
  { description, values, file }: ArchivedObject,
  objectId: string,
  index: number,
): void {
  if (index % STOPPED_EVERY === STOPPED_EVERY - 1) {
    ledger.settle(objectId, { state: 'quarantined', cause: CAUSES[index % CAUSES.length] });
    return;
  }
  catalogue.add(description, values, { ...file, objectId });
  ledger.settle(objectId, { state: 'indexed' });
}

function next(objects: Iterator<ArchivedObject>): ArchivedObject {
  const { value, done } = objects.next();
  if (done) throw new Error('The archive ended early.');
  return value;
}
