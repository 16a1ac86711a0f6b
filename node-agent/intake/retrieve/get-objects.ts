/** The objects of a C-GET: admitted by the reception like those of any sender, byte for byte as they come. */
import { isValidUid } from '../../dicom/uids.ts';
import { admissionErrorOf } from '../admission-error.ts';
import { part10Head } from '../part10-head.ts';
import type { Reception } from '../reception.ts';
import type { Proposal } from './dimse-library.ts';
import type { IncomingDataSet, ObjectTaker } from './object-transfer.ts';

export interface GetCounts {
  /** C-STORE operations answered with success; a resend counts again. */
  objects: number;
  failures: number;
  bytes: number;
}

export interface TakerParts {
  readonly reception: Reception;
  readonly sender: { readonly associationId: string; readonly aeTitle: string };
  readonly contexts: readonly Proposal[];
  readonly nearlyFull: () => boolean;
  /** Waits until the next answer may go out. */
  readonly pace: () => Promise<void>;
  readonly counts: GetCounts;
  /** Fingerprints of the instances that came, each once however often it is sent. */
  readonly came: Set<string>;
}

const OUT_OF_RESOURCES = 0xa700;
const CANNOT_UNDERSTAND = 0xc000;

export function objectTaker(parts: TakerParts): ObjectTaker {
  const { reception, sender, contexts, nearlyFull, pace, counts, came } = parts;
  return {
    contexts,
    begin: ({ sopClassUid, sopInstanceUid, transferSyntaxUid }) => {
      const usable = isValidUid(sopClassUid) && isValidUid(sopInstanceUid);
      if (!usable || nearlyFull()) return refused(usable ? OUT_OF_RESOURCES : CANNOT_UNDERSTAND, counts);
      const { associationId, aeTitle: sourceAeTitle } = sender;
      const known = { source: 'dimse' as const, associationId, sopClassUid, sopInstanceUid, transferSyntaxUid };
      const sink = reception.begin(part10Head({ sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAeTitle }));
      return {
        write: (bytes) => sink.write(bytes),
        whenDrained: (callback) => sink.whenDrained(callback),
        abandon: () => sink.abandon(),
        finish: async () => {
          try {
            if (sink.dataSetBytes === 0) throw new Error('The data set is empty.');
            const file = await sink.finish();
            await reception.admit({ ...known, ...file });
            counts.objects += 1;
            counts.bytes += file.bytes;
            came.add(reception.instanceKey(sopInstanceUid));
            await pace();
            return 0;
          } catch (error) {
            await sink.abandon();
            counts.failures += 1;
            return admissionErrorOf(error).status.code;
          }
        },
      };
    },
  };
}

function refused(status: number, counts: GetCounts): IncomingDataSet {
  return {
    write: () => true,
    whenDrained: (callback) => callback(),
    abandon: async () => {},
    finish: async () => {
      counts.failures += 1;
      return status;
    },
  };
}
