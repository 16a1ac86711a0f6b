/** A worker process with the faults of a bad day: the object's content says which. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Outcome, Task } from '../../node-agent/pipeline/messages.ts';
import { answerTasks } from '../../node-agent/pipeline/worker-process.ts';

let failures = 0;

function outcomeOf({ source, target }: Task): Outcome {
  const content = readFileSync(source, 'utf8');
  switch (content.split(' ')[0]) {
    case 'hang':
      writeFileSync(target, 'half of an object');
      for (;;);
    case 'throw':
      throw new TypeError('A message that might quote DOE^JANE.');
    case 'exit':
      process.exit(0);
      break;
    case 'hoard': {
      const hoard: string[] = [];
      for (;;) hoard.push(`${Math.random()}${'x'.repeat(10)}`);
    }
    case 'wait':
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      break;
    case 'no-space':
      failures += 1;
      if (failures < 8) return { kind: 'failed', reason: 'ENOSPC' };
      break;
    case 'odd-fault':
      return { kind: 'failed', reason: 'EACCES' };
    default:
      break;
  }
  return { kind: 'excluded', rule: `worker ${process.pid}`, detail: undefined };
}

answerTasks(() => async (task: Task) => outcomeOf(task));
