/** The answer key of a run: for every object what was planted where, and what has to survive. */
import { type Item, isItems, type Mark, type PhantomElement, type PlantedKind } from './elements.ts';
import type { TextBox } from './images/bitmap-font.ts';

export interface PlantedAnswer {
  /** `(gggg,eeee)` steps with item numbers, or `preamble`, `meta/(0002,0016)`. */
  readonly path: string;
  readonly kind: PlantedKind;
  /** Text that must not be found any more, as the file had it before encoding. */
  readonly value: string;
}

export interface RetainedAnswer {
  readonly path: string;
  readonly value: string;
}

export interface ObjectAnswer {
  /** Path of the file below the folder, with `/`. */
  readonly file: string;
  readonly patient: string;
  readonly cancerType: string;
  readonly modality: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly transferSyntax: string;
  readonly characterSet: readonly string[];
  /** Objects with text in the pixels cannot be indexed before a person or an OCR has looked. */
  readonly expected: 'indexed' | 'quarantined';
  readonly burnedIn: readonly TextBox[];
  readonly planted: readonly PlantedAnswer[];
  readonly retained: readonly RetainedAnswer[];
}

export interface AnswerKey {
  readonly seed: number;
  readonly bytes: number;
  readonly counts: {
    readonly patients: number;
    readonly studies: number;
    readonly series: number;
    readonly objects: number;
    readonly patientsByCancerType: Record<string, number>;
    readonly objectsByModality: Record<string, number>;
  };
  readonly patients: readonly {
    readonly key: string;
    readonly cancerType: string;
    readonly name: string;
    readonly patientId: string;
    readonly birthDate: string;
    readonly sex: string;
  }[];
  readonly objects: readonly ObjectAnswer[];
}

/** Reads the marks off the elements, with the path of each. */
export function answersOf(elements: Item, prefix = ''): { planted: PlantedAnswer[]; retained: RetainedAnswer[] } {
  const planted: PlantedAnswer[] = [];
  const retained: RetainedAnswer[] = [];
  for (const entry of elements) {
    const path = `${prefix}${tagText(entry.tag)}`;
    for (const mark of entry.marks) {
      const value = markedValue(entry, mark);
      if (mark.action === 'remove') planted.push({ path, kind: mark.kind, value });
      else retained.push({ path, value });
    }
    if (!isItems(entry.content)) continue;
    for (const [index, item] of entry.content.entries()) {
      const inner = answersOf(item, `${path}[${index}]/`);
      planted.push(...inner.planted);
      retained.push(...inner.retained);
    }
  }
  return { planted, retained };
}

/** `(gggg,eeee)` in lower case hexadecimal. */
export function tagText(tag: number): string {
  const hex = tag.toString(16).padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

function markedValue(entry: PhantomElement, mark: Mark): string {
  if (mark.value !== undefined) return mark.value;
  if (entry.content instanceof Uint8Array || isItems(entry.content)) throw new Error('A mark on bytes needs a value.');
  return entry.content.join('\\');
}
