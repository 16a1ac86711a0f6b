import { formatBytes } from '../shared/format.ts';

/** Bytes per second over the whole association; undefined while it is open or when nothing came. */
export function speedOf({ bytes, milliseconds }: { bytes: number; milliseconds: number | null }): string | undefined {
  if (milliseconds === null || milliseconds === 0 || bytes === 0) return undefined;
  return `${formatBytes((bytes * 1000) / milliseconds)}/s`;
}
