/** Disks that turn read-only under a running program. Needs root and the right to mount; where they are missing tests are skipped by name. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

function run(program: string, ...words: string[]): string {
  return execFileSync(program, words, { stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}

function works(work: () => void): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes a folder read-only for whoever opens something in it from now on (EROFS), by mounting it over itself; files
 * that are open stay writable.
 * @returns makes it writable again; undefined where this cannot be done
 */
export function coverReadOnly(folder: string): (() => void) | undefined {
  if (!works(() => run('mount', '--bind', folder, folder))) return undefined;
  let covered = true;
  const uncover = () => {
    if (covered) run('umount', folder);
    covered = false;
  };
  onTestFinished(uncover);
  if (works(() => run('mount', '-o', 'remount,bind,ro', folder))) return uncover;
  uncover();
  return undefined;
}

/** A disk of its own that can fail as real ones do. */
export interface FailingDisk {
  readonly folder: string;
  /** The file system finds an error: at once nothing on it can be written, open files included (errors=remount-ro). */
  fail(): void;
  /** Repairs it and mounts it anew; nothing on it may be open. */
  repair(): Promise<void>;
}

/** @returns undefined where loop devices or ext4 are missing */
export function failingDisk(megabytes = 128): FailingDisk | undefined {
  const folder = temporaryFolder();
  const [image, mountPoint] = [join(folder, 'disk'), join(folder, 'mounted')];
  const mount = () => run('mount', '-o', 'loop,errors=remount-ro', image, mountPoint);
  const possible = works(() => {
    writeFileSync(image, '');
    truncateSync(image, megabytes * 1024 * 1024);
    mkdirSync(mountPoint);
    run('mkfs.ext4', '-q', image);
    mount();
    if (!readdirSync(join('/sys/fs/ext4', deviceOf(image))).includes('trigger_fs_error')) {
      run('umount', mountPoint);
      throw new Error('This kernel cannot be told to find an error.');
    }
  });
  if (!possible) return undefined;
  onTestFinished(() => void run('umount', mountPoint));
  return {
    folder: mountPoint,
    fail: () => writeFileSync(join('/sys/fs/ext4', deviceOf(image), 'trigger_fs_error'), '1'),
    repair: async () => {
      await unmounted(mountPoint);
      try {
        run('e2fsck', '-p', '-f', image);
      } catch (error) {
        if ((error as { status?: number }).status !== 1) throw error; // 1: errors were corrected
      }
      mount();
    },
  };
}

/** The workers of a node that was killed notice it within a second; until then they have its files open. */
async function unmounted(mountPoint: string): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    try {
      run('umount', mountPoint);
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function deviceOf(image: string): string {
  return basename(run('losetup', '-j', image).split(':')[0] ?? '');
}
