/** Which kinds of objects the engine can clean as a whole. */
import { isStandardUid, uidName } from '../dicom/uids.ts';
import type { Quarantined } from './outcome.ts';
import { readTable, type Table } from './read-table.ts';

interface File extends Table {
  readonly cleanable: readonly string[];
  readonly videoTransferSyntaxes: { readonly prefixes: readonly string[] };
}

export class ObjectSupport {
  readonly #cleanable: ReadonlySet<string>;
  readonly #video: readonly string[];

  constructor(file: File = readTable<File>('object-support.json')) {
    this.#cleanable = new Set(file.cleanable);
    this.#video = file.videoTransferSyntaxes.prefixes;
  }

  /** Why such an object is set aside; undefined when it can be cleaned. */
  refusal(sopClassUid: string, transferSyntaxUid: string): Quarantined | undefined {
    if (!this.#cleanable.has(sopClassUid)) {
      if (!isStandardUid(sopClassUid)) {
        return { kind: 'quarantined', cause: 'private-sop-class', detail: 'The SOP class is not one of PS3.4.' };
      }
      const name = uidName(sopClassUid) ?? 'unknown: newer than this version of Gatehouse';
      return { kind: 'quarantined', cause: 'unsupported-object', detail: `The object is of the kind "${name}".` };
    }
    if (this.#video.some((prefix) => transferSyntaxUid === prefix || transferSyntaxUid.startsWith(`${prefix}.`))) {
      return { kind: 'quarantined', cause: 'unsupported-object', detail: 'The pixel data is a video stream.' };
    }
    return undefined;
  }
}
