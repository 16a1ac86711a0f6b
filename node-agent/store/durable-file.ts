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

/** Gives an already flushed file its final name, durably. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}
