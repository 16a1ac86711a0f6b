/**
 * Attributes of one frame, wherever they stand: in the functional group macro of the frame, in the shared one
 * (PS3.3 C.7.6.16), or in the data set itself as in objects with one frame.
 */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';

export class FrameAttributes {
  readonly #dataSet: DataSet;
  readonly #groups: readonly DataSet[];

  /** @param frame counted from 0 */
  constructor(dataSet: DataSet, frame: number) {
    this.#dataSet = dataSet;
    const perFrame = dataSet.items(tagOf('PerFrameFunctionalGroupsSequence'))[frame];
    const shared = dataSet.items(tagOf('SharedFunctionalGroupsSequence'))[0];
    this.#groups = [perFrame, shared].filter((group) => group !== undefined);
  }

  /** @param macro keyword of the macro's sequence, with `/` before a sequence in its item; empty for none */
  number(macro: string, keyword: string): number | undefined {
    return this.numbers(macro, keyword)[0];
  }

  numbers(macro: string, keyword: string): readonly number[] {
    return this.#first(macro, (place) => place.numbers(tagOf(keyword)));
  }

  text(macro: string, keyword: string): string | undefined {
    return this.texts(macro, keyword)[0];
  }

  /** @param own the keyword in the data set itself where it differs */
  texts(macro: string, keyword: string, own = keyword): readonly string[] {
    return this.#first(macro, (place) => place.strings(tagOf(place === this.#dataSet ? own : keyword)));
  }

  #first<Value>(macro: string, read: (place: DataSet) => readonly Value[]): readonly Value[] {
    for (const place of [...this.#groups.flatMap((group) => itemsAt(group, macro)), this.#dataSet]) {
      const values = read(place);
      if (values.length > 0) return values;
    }
    return [];
  }
}

function itemsAt(group: DataSet, path: string): DataSet[] {
  if (path === '') return [];
  return path.split('/').reduce<DataSet[]>(
    (places, keyword) => {
      return places.flatMap((place) => place.items(tagOf(keyword)).slice(0, 1));
    },
    [group],
  );
}
