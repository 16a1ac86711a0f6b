/** What the figures of a bench depend on besides the code. */
import { availableParallelism, cpus } from 'node:os';

export function conditions(rounds: number) {
  return {
    date: new Date().toISOString(),
    processors: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    node: process.version,
    rounds,
  };
}
