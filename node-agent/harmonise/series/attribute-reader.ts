/**
 * Reads an attribute wherever an image keeps it: at the top of a classic image, or in the shared and the per-frame
 * functional groups of an enhanced multi-frame image (PS3.3 C.7.6.16).
 */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';

export class AttributeReader {
  readonly dataSet: DataSet;
  readonly #shared: readonly DataSet[];
  /** One item per frame; none in a classic image. */
  readonly frames: readonly DataSet[];

  constructor(dataSet: DataSet) {
    this.dataSet = dataSet;
    this.#shared = dataSet.items(tagOf('SharedFunctionalGroupsSequence'));
    this.frames = dataSet.items(tagOf('PerFrameFunctionalGroupsSequence'));
  }

  /** Texts at the top, else those of the macro in any functional group, each once. */
  texts(keyword: string, macro?: string): string[] {
    const tag = tagOf(keyword);
    return this.#found(macro, (item) => item.strings(tag).filter((text) => text.trim() !== ''));
  }

  /** Numbers at the top, else those of the macro in any functional group, each once. */
  numbers(keyword: string, macro?: string): number[] {
    const tag = tagOf(keyword);
    return this.#found(macro, (item) => item.numbers(tag));
  }

  text(keyword: string): string | undefined {
    const text = this.dataSet.string(tagOf(keyword))?.trim();
    return text === '' ? undefined : text;
  }

  /** Items of a sequence at the top, else of the macro. */
  items(keyword: string, macro?: string): DataSet[] {
    const tag = tagOf(keyword);
    const own = this.dataSet.items(tag);
    return own.length > 0 || macro === undefined ? own : this.macros(macro).flatMap((item) => item.items(tag));
  }

  /** The items of a functional group macro, the shared ones first. */
  macros(macro: string): DataSet[] {
    const tag = tagOf(macro);
    return [...this.#shared, ...this.frames].flatMap((group) => group.items(tag));
  }

  /** The macro of one frame, else the shared one. */
  macroOfFrame(frame: DataSet, macro: string): DataSet | undefined {
    const tag = tagOf(macro);
    return frame.items(tag)[0] ?? this.#shared.flatMap((group) => group.items(tag))[0];
  }

  #found<V>(macro: string | undefined, read: (item: DataSet) => V[]): V[] {
    const own = read(this.dataSet);
    if (own.length > 0 || macro === undefined) return own;
    return [...new Set(this.macros(macro).flatMap(read))];
  }
}
