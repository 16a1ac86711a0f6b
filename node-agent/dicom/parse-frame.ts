/** One data set while it is being read, and what of its surroundings its elements depend on. */
import type { DataElement, Encoding } from './data-set.ts';
import { DataSetView } from './data-set-view.ts';
import type { VrContext } from './dictionary.ts';
import { PIXEL_REPRESENTATION } from './tags.ts';

export interface Frame {
  readonly encoding: Encoding;
  readonly elements: DataElement[];
  readonly view: DataSetView;
  readonly parent: Frame | undefined;
  /** Sequences around it. */
  readonly depth: number;
}

/** A data set without elements yet, the outermost one when it has no parent. */
export function newFrame(encoding: Encoding, parent: Frame | undefined): Frame {
  const elements: DataElement[] = [];
  const view = new DataSetView(encoding, elements, parent && (() => parent.view.characterSet));
  return { encoding, elements, view, parent, depth: parent === undefined ? 0 : parent.depth + 1 };
}

/** Pixel Representation decides between US and SS; the nearest data set that has one counts. */
export function vrContext(frame: Frame, undefinedLength: boolean): VrContext {
  return {
    get signed() {
      return isSigned(frame);
    },
    encapsulated: undefinedLength,
  };
}

function isSigned(frame: Frame): boolean {
  for (let scope: Frame | undefined = frame; scope !== undefined; scope = scope.parent) {
    const element = scope.elements.find(({ tag }) => tag === PIXEL_REPRESENTATION);
    if (element?.value.kind === 'bytes') return element.value.bytes.includes(1);
  }
  return false;
}
