/** What lies in a tree, against what its manifest says. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MANIFEST_FILE, type Manifest, manifest } from '../manifest.ts';
import { hashOfFile } from '../placing/content-hash.ts';
import type { TreeProblems } from './problem.ts';

/** Files of a tree with their sizes, by path relative to it with `/`. Links and other things that are no files are problems. */
export async function filesOf(root: string, problems: TreeProblems): Promise<Map<string, number>> {
  const files = new Map<string, number>();
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    if (entries.length === 0 && folder !== '') problems.error(folder, 'The folder is empty.');
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) files.set(path, (await stat(join(root, path))).size);
      else problems.error(path, 'It is neither a file nor a folder.');
    }
  }
  return files;
}

/** @returns undefined where there is none that can be read; that is a problem */
export async function readManifest(root: string, problems: TreeProblems): Promise<Manifest | undefined> {
  try {
    return manifest.parse(JSON.parse(await readFile(join(root, MANIFEST_FILE), 'utf8')));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = error instanceof z.ZodError ? ` ${z.prettifyError(error).split('\n')[0]}` : '';
    problems.error(MANIFEST_FILE, missing ? 'The manifest is missing.' : `The manifest cannot be read.${reason}`);
    return undefined;
  }
}

/** Every file is listed, every listed file is there, with its size and bytes. @param hashed which files' bytes are read */
export async function checkFiles(
  root: string,
  { files: listed }: Manifest,
  found: ReadonlyMap<string, number>,
  problems: TreeProblems,
  hashed: (path: string) => boolean,
): Promise<void> {
  const known = new Set([MANIFEST_FILE]);
  for (const { path, bytes, sha256 } of listed) {
    known.add(path);
    const size = found.get(path);
    if (size === undefined) problems.error(path, 'The manifest lists the file, and it is not there.');
    else if (size !== bytes) problems.error(path, `The file has ${size} bytes, the manifest says ${bytes}.`);
    else if (hashed(path) && (await hashOfFile(join(root, path))).sha256 !== sha256) {
      problems.error(path, 'The bytes of the file are not those that the manifest lists.');
    }
  }
  for (const path of found.keys()) if (!known.has(path)) problems.error(path, 'The manifest does not list the file.');
}
