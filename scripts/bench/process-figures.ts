/** What a process and its children used, as the kernel counts it (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of /proc/PID/stat in a second; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface ProcessFigures {
  /** User and system time in seconds, of the process, its children that ended and those that live. */
  readonly cpuSeconds: number;
  /** Largest resident set so far in bytes, of the process alone. */
  readonly peakResidentBytes: number;
}

export function processFigures(processId: number): ProcessFigures {
  return { cpuSeconds: cpuSeconds(processId), peakResidentBytes: peakResident(processId) };
}

function cpuSeconds(processId: number): number {
  // The second field is a name in brackets that may hold anything: what follows the last bracket is counted.
  const fields = readFileSync(`/proc/${processId}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  const own = ((user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0)) / TICKS_PER_SECOND;
  return own + livingChildren(processId).reduce((sum, child) => sum + cpuSeconds(child), 0);
}

function livingChildren(processId: number): number[] {
  return readdirSync(`/proc/${processId}/task`)
    .flatMap((task) => readFileSync(`/proc/${processId}/task/${task}/children`, 'utf8').trim().split(' '))
    .filter((word) => word !== '')
    .map(Number);
}

/** Resident set in bytes at this moment. */
export function residentBytes(processId: number): number {
  return statusBytes(processId, 'VmRSS');
}

function peakResident(processId: number): number {
  return statusBytes(processId, 'VmHWM');
}

function statusBytes(processId: number, name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${processId}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) * 1024;
}
