/**
 * One node per data folder. The lock is an open exclusive transaction on a small SQLite file, so
 * the operating system releases it however the process ends, also after `kill -9`.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StartUpError } from './errors.ts';

export interface FolderLock {
  release(): void;
}

/** @throws StartUpError when another process holds the data folder */
export function lockDataFolder(file: string): FolderLock {
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw new StartUpError(
      `Another Gatehouse already works on the data folder ${dirname(file)}. Stop it first, or choose another folder with --data-dir.`,
    );
  }
  return { release: () => database.close() };
}

/** True while another process holds the data folder. */
export function isFolderLocked(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    lockDataFolder(file).release();
    return false;
  } catch (error) {
    if (error instanceof StartUpError) return true;
    throw error;
  }
}
