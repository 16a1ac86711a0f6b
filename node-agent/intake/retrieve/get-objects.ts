/** The objects of a C-GET: admitted by the reception like those of any sender, byte for byte as they come. */
import {
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isStorageSopClass,
  isValidUid,
  transferSyntaxes,
} from '../../dicom/uids.ts';
import { admissionErrorOf } from '../admission-error.ts';
import { part10Head } from '../part10-head.ts';
import type { Reception } from '../reception.ts';
import type { IncomingDataSet, ObjectTaker } from './dimse-client.ts';

export interface GetCounts {
  objects: number;
  failures: number;
  bytes: number;
}

/** Odd context ids below 256 (PS3.8 §9.3.2.2), one of them for the C-GET itself. */
const CONTEXTS = 127;
const NATIVE = [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN];
const COMMON_CLASSES = ['2', '4', '1', '1.1', '1.2', '7', '6.1', '128', '20', '88.22', '66.4', '481.3'].map(
  (end) => `1.2.840.10008.5.1.4.1.1.${end}`,
);

/** @param sopClassUids those the PACS lists for the study; the most common ones where it lists none */
export function objectTaker(
  reception: Reception,
  sender: { readonly associationId: string; readonly aeTitle: string },
  sopClassUids: readonly string[],
  nearlyFull: () => boolean,
  counts: GetCounts,
): ObjectTaker {
  const classes = sopClassUids.length > 0 ? sopClassUids.filter(isStorageSopClass) : COMMON_CLASSES;
  return {
    contexts: contextsOf(classes),
    begin: ({ sopClassUid, sopInstanceUid, transferSyntaxUid }) => {
      const usable = isValidUid(sopClassUid) && isValidUid(sopInstanceUid);
      if (!usable || nearlyFull()) return refused(usable ? 0xa700 : 0xc000, counts);
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

/**
 * A context of its own for each syntax, so that the PACS need not re-encode: with two in one context it would have
 * to send everything in the one it chose. As many as fit; the uncompressed ones first.
 */
function contextsOf(classes: readonly string[]): ObjectTaker['contexts'] {
  const known = transferSyntaxes().map(({ uid }) => uid);
  const syntaxes = [...NATIVE, ...known.filter((uid) => !NATIVE.includes(uid))];
  const all = syntaxes.flatMap((uid) => classes.map((sopClassUid) => ({ sopClassUid, transferSyntaxUids: [uid] })));
  return all.slice(0, CONTEXTS);
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
