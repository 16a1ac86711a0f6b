/** Nothing is left to write when a measured run begins: one tool's output must not be flushed in the next one's time. */
import { spawnSync } from 'node:child_process';

export function flushDisks(): void {
  spawnSync('sync', { stdio: 'ignore' });
}
