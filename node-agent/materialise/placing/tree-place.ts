/**
 * Where a materialised tree stands, and how it gets there: it is built in a hidden folder beside its place and renamed at
 * the end. A tree that stood there before is renamed away first; file systems know no exchange that Node could ask for,
 * so between the two renames there is a moment without either. The database says beforehand that it has begun, and
 * whoever starts next finishes it: never a mixture, never half of one.
 */
import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MaterialiseError } from '../errors.ts';
import { MANIFEST_FILE } from '../manifest.ts';
import type { Materialisation } from '../materialisation.ts';

type Placed = Pick<Materialisation, 'id' | 'root' | 'name'>;

/** Enough for everything of a manifest that stands before the list of files. */
const HEAD_BYTES = 64 * 1024;
const MATERIALISATION = /"materialisation":\s*"([^"]+)"/u;

export function stagingOf({ root, id }: Pick<Placed, 'root' | 'id'>): string {
  return join(root, `.gatehouse-${id}`);
}

export function finalOf({ root, name }: Pick<Placed, 'root' | 'name'>): string {
  return join(root, name);
}

function beforeOf({ root, id }: Placed): string {
  return join(root, `.gatehouse-${id}-before`);
}

/** Which materialisation a folder is, as its manifest says; undefined where it is none. */
export function materialisationIn(folder: string): string | undefined {
  let file: number;
  try {
    file = openSync(join(folder, MANIFEST_FILE), 'r');
  } catch {
    return undefined;
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const text = head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0)).toString('utf8');
    return MATERIALISATION.exec(text)?.[1];
  } finally {
    closeSync(file);
  }
}

/**
 * @param isOurs whether a materialisation is known to this node
 * @throws MaterialiseError `invalid-input` when something else stands at the place: nothing that others made is replaced
 */
export function checkPlace(placed: Pick<Placed, 'root' | 'name'>, isOurs: (id: string) => boolean): void {
  const final = finalOf(placed);
  if (!existsSync(final)) return;
  const there = materialisationIn(final);
  if (there !== undefined && isOurs(there)) return;
  throw new MaterialiseError(
    'invalid-input',
    `In the folder there is a ${placed.name} already that this node did not write. Move it away, or choose another folder.`,
  );
}

/** Renames the finished tree into its place; can be repeated after a stop at any point. @throws the system's error */
export function putInPlace(placed: Placed): void {
  const [staging, final, before] = [stagingOf(placed), finalOf(placed), beforeOf(placed)];
  if (existsSync(staging)) {
    if (existsSync(final)) renameSync(final, before);
    renameSync(staging, final);
  }
  // A disk that is not mounted has neither.
  if (materialisationIn(final) !== placed.id) throw Object.assign(new Error('The tree is gone.'), { code: 'ENOENT' });
  if (process.platform === 'win32') return;
  const folder = openSync(placed.root, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Removes the tree that was replaced. */
export async function removeReplaced(placed: Placed): Promise<void> {
  await rm(beforeOf(placed), { recursive: true, force: true });
}

/**
 * Removes everything of a materialisation: what is in work, what it replaced, and its tree unless another took its
 * place. The tree disappears from its place at once, then its files go; can be repeated.
 * @throws the system's error, and ENOENT when the folder itself is gone, a disk that is not mounted for one
 */
export async function removeTree(placed: Placed): Promise<void> {
  const [staging, final] = [stagingOf(placed), finalOf(placed)];
  if (!existsSync(placed.root)) throw Object.assign(new Error('The folder is gone.'), { code: 'ENOENT' });
  await removeReplaced(placed);
  await rm(staging, { recursive: true, force: true });
  if (materialisationIn(final) !== placed.id) return;
  renameSync(final, staging);
  await rm(staging, { recursive: true, force: true });
}
