/** Figures of the machine (systeminformation), and free space of the data folder's disk. */
import { statfs } from 'node:fs/promises';
import systeminformation from 'systeminformation';

export interface MachineFigures {
  readonly cpuLoadPercent: number;
  readonly memoryUsedBytes: number;
  readonly memoryTotalBytes: number;
  readonly diskFreeBytes: number;
  readonly diskTotalBytes: number;
  readonly processMemoryBytes: number;
}

/** @param folder a folder on the disk to report on */
export async function machineFigures(folder: string): Promise<MachineFigures> {
  const [load, memory, disk] = await Promise.all([
    systeminformation.currentLoad(),
    systeminformation.mem(),
    diskSpace(folder),
  ]);
  return {
    cpuLoadPercent: Math.round(load.currentLoad * 10) / 10,
    memoryUsedBytes: memory.active,
    memoryTotalBytes: memory.total,
    ...disk,
    processMemoryBytes: process.memoryUsage.rss(),
  };
}

/** Space an unprivileged process can still use, in bytes. */
export async function diskSpace(folder: string): Promise<{ diskFreeBytes: number; diskTotalBytes: number }> {
  const figures = await statfs(folder);
  return { diskFreeBytes: figures.bavail * figures.bsize, diskTotalBytes: figures.blocks * figures.bsize };
}
