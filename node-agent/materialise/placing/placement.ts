/**
 * Puts objects of the archive into a materialised tree.
 *
 * A hard link costs no space, but it is the archive's own file under a second name: what is written into the one is
 * written into the other. Therefore every object that is linked is made read-only (mode 0400) before its name is given
 * away. The node itself never writes into a placed object, it replaces files by renaming, so the archive loses nothing;
 * who opens a file of the tree for writing is refused, and replacing or removing a name in the tree leaves the archive
 * as it is. Only a superuser who insists can write through a link. Where tools run as one, the tree has to be mounted
 * read-only, or made of copies (`--copy`, setting materialise.objects): a copy shares nothing. Copies are made as clones
 * where the file system knows them (Btrfs, XFS), which cost nothing either until somebody writes.
 */
import { constants } from 'node:fs';
import { chmod, copyFile, link, open, rm } from 'node:fs/promises';
import { MaterialiseError } from '../errors.ts';
import type { Way } from '../materialisation.ts';
import { copyAndHash, hashOfFile } from './content-hash.ts';

/** What file systems answer that cannot link, or not from here to there. */
const NO_LINK: ReadonlySet<string | undefined> = new Set([
  'EXDEV',
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);
/** What they answer that cannot clone. */
const NO_CLONE: ReadonlySet<string | undefined> = new Set([
  'EXDEV',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EINVAL',
  'ENOTTY',
]);
const READ_ONLY = 0o400;

interface Expected {
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly contentHash: string;
}

/**
 * The cheapest way from a file of the archive into a folder, found by trying.
 * @param probe a free name in the folder; nothing is left there @throws the system's error where nothing can be written
 */
export async function wayTo(source: string, probe: string, wanted: 'link' | 'copy'): Promise<Way> {
  const tried = async (attempt: () => Promise<void>, no: ReadonlySet<string | undefined>): Promise<boolean> => {
    try {
      await attempt();
      return true;
    } catch (error) {
      if (no.has((error as NodeJS.ErrnoException).code)) return false;
      throw error;
    } finally {
      await rm(probe, { force: true });
    }
  };
  if (wanted === 'link' && (await tried(() => link(source, probe), NO_LINK))) return 'hard-link';
  return (await tried(() => clone(source, probe), NO_CLONE)) ? 'reflink' : 'copy';
}

function clone(source: string, target: string): Promise<void> {
  return copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
}

/**
 * Gives an object a name in the tree, and checks that it is what the index says.
 * @param target a name that does not exist yet
 * @returns the way it took: a file with too many links is copied
 * @throws MaterialiseError `changed-file`; the system's error
 */
export async function placeObject(source: string, target: string, way: Way, expected: Expected): Promise<Way> {
  try {
    const { taken, found } = await put(source, target, way);
    if (found.sha256 !== expected.contentHash || found.bytes !== expected.bytes) {
      throw new MaterialiseError(
        'changed-file',
        'An object of the dataset is not what its check saw: its bytes have changed in the archive. Nothing was put in place. Restore the objects folder from a backup, or take a new dataset through the check.',
      );
    }
    return taken;
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

type Put = { readonly taken: Way; readonly found: { readonly sha256: string; readonly bytes: number } };

async function put(source: string, target: string, way: Way): Promise<Put> {
  if (way === 'hard-link') {
    try {
      // Read-only before it has a second name.
      await chmod(source, READ_ONLY);
      await link(source, target);
      return { taken: way, found: await hashOfFile(target) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EMLINK') throw error;
    }
  }
  if (way === 'reflink') {
    await clone(source, target);
    await makeDurable(target);
    return { taken: way, found: await hashOfFile(target) };
  }
  const found = await copyAndHash(source, target);
  await chmod(target, READ_ONLY);
  return { taken: 'copy', found };
}

async function makeDurable(file: string): Promise<void> {
  await chmod(file, 0o600); // a clone has the mode of its source
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(file, READ_ONLY);
}
