/** From the files of a series to its stacks: what can be a volume, and what was refused and why. */
import { groupFrames, type PlacedFrame } from './frame-groups.ts';
import { ImageRefusal } from './image-refusal.ts';
import { readInput, type SeriesInput } from './series-input.ts';
import type { SeriesRefusal } from './series-record.ts';
import { type Stack, stackOf } from './stack.ts';

export interface SeriesStacks {
  /** By the number that frames refer to. */
  readonly inputs: readonly SeriesInput[];
  readonly stacks: readonly Stack[];
  readonly refusals: readonly SeriesRefusal[];
}

/** @throws ImageRefusal when the files are of more than one series; the operating system's error */
export async function readStacks(files: readonly string[]): Promise<SeriesStacks> {
  const inputs: SeriesInput[] = [];
  const frames: PlacedFrame[] = [];
  const refusals = new Refusals();
  for (const path of files) {
    await refusals.gather(1, async () => {
      const read = await readInput(path, inputs.length);
      inputs.push(read.input);
      frames.push(...read.frames);
    });
  }
  if (new Set(inputs.map(({ seriesInstanceUid }) => seriesInstanceUid)).size > 1) {
    throw new ImageRefusal('mixed', 'The files are of more than one series. Give the files of one series at a time.');
  }
  const stacks: Stack[] = [];
  for (const group of groupFrames(frames)) {
    const count = new Set(group.map(({ file }) => file)).size;
    await refusals.gather(count, async () => {
      stacks.push(...stacksOf(group));
    });
  }
  return { inputs, stacks, refusals: refusals.list() };
}

/** CT acquisitions over one place, contrast phases for instance, are volumes of their own; elsewhere they follow in time. */
function stacksOf(group: readonly PlacedFrame[]): Stack[] {
  try {
    const stack = stackOf(group);
    if (stack.frames.length === 1 || group[0]?.modality !== 'CT') return [stack];
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error;
    const parts = byAcquisition(group);
    if (parts.length < 2) throw error;
    try {
      return parts.map(stackOf);
    } catch {
      throw error;
    }
  }
  return byAcquisition(group).map(stackOf);
}

function byAcquisition(group: readonly PlacedFrame[]): PlacedFrame[][] {
  return [...Map.groupBy(group, ({ acquisitionNumber }) => acquisitionNumber).values()];
}

/** Refusals by their sentence, so that a thousand images refused for one reason are told once. */
export class Refusals {
  readonly #bySentence = new Map<string, SeriesRefusal>();

  constructor(known: readonly SeriesRefusal[] = []) {
    this.add(known);
  }

  add(refusals: readonly SeriesRefusal[]): void {
    for (const { reason, sentence, files } of refusals) this.#count(reason, sentence, files);
  }

  /** Does the work; keeps its refusal if it is refused. @returns whether it was done */
  async gather(files: number, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ImageRefusal)) throw error;
      this.#count(error.reason, error.message, files);
      return false;
    }
  }

  #count(reason: SeriesRefusal['reason'], sentence: string, files: number): void {
    const known = this.#bySentence.get(sentence)?.files ?? 0;
    this.#bySentence.set(sentence, { reason, sentence, files: known + files });
  }

  list(): SeriesRefusal[] {
    return [...this.#bySentence.values()];
  }
}
