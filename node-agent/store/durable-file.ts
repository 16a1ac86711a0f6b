/** Writing so that what was written survives a power cut: file, then name, then folder. */
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Flushes a folder's entries to the disk, so that a new or changed name is durable. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // NTFS journals names; folders cannot be opened for sync there
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Threads of the pool that may wait for the disk at once; one stays for whatever else the process does with files. */
const LANES = 3;

/**
 * Flushes the contents of files to the disk. Many at a time cost little more than one: what the first waits for in the
 * file system's journal, the others find done.
 * @throws the operating system's error of the first file that cannot be flushed
 */
export async function syncFiles(files: readonly string[]): Promise<void> {
  const waiting = [...files];
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await syncFile(file);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives an already flushed file its final name, durably. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}
