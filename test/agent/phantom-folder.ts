/** Phantoms in one flat folder, each under a name of its own, as the agent tests send and import them. */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnswerKey, ObjectAnswer } from '../phantom/answer-key.ts';
import { generatePhantoms, type PhantomOptions } from '../phantom/generate.ts';

export interface PlacedObject extends ObjectAnswer {
  /** Absolute path of the file. */
  readonly path: string;
  /** Name of the file, unlike that of any other. */
  readonly name: string;
}

export interface PhantomFolder {
  readonly folder: string;
  readonly key: AnswerKey;
  readonly objects: readonly PlacedObject[];
}

export async function phantomFolder(root: string, options: PhantomOptions): Promise<PhantomFolder> {
  const [drawn, folder] = [join(root, 'drawn'), join(root, 'phantoms')];
  const key = await generatePhantoms(drawn, options);
  mkdirSync(folder, { recursive: true });
  const objects = key.objects.map((answer, index) => {
    const name = `object-${String(index + 1).padStart(4, '0')}.dcm`;
    renameSync(join(drawn, answer.file), join(folder, name));
    return { ...answer, name, path: join(folder, name) };
  });
  rmSync(drawn, { recursive: true, force: true });
  return { folder, key, objects };
}

/** A fresh folder below the system's temporary one; the caller removes it. */
export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gatehouse-agent-test-'));
}

/** A number for this run, so that a failure can be repeated: set TEST_SEED to it. */
export function runSeed(what: string): number {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 1_000_000));
  console.log(`${what}: seed ${seed} (set TEST_SEED to repeat this run)`);
  return seed;
}
