import { openFoundation } from '../assembly/foundation.ts';
import { healthChecks } from '../assembly/health.ts';
import { runHealthChecks } from '../operations/health.ts';
import { type Command, print, settingsOf } from './command.ts';
import { existingNode } from './existing-node.ts';

const MARK = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ' } as const;

/** Runs the health checks on a data folder, with or without a node running on it. */
export const doctor: Command = {
  name: ['doctor'],
  usage: 'doctor',
  summary: 'Checks the data folder and says what to do where something is wrong.',
  positionals: 0,
  run: async (context) => {
    const settings = settingsOf(context);
    const foundation = openFoundation(existingNode(context.dataFolder).root);
    try {
      const findings = await runHealthChecks(healthChecks(foundation, settings.values));
      for (const { level, sentence, action } of findings)
        print(`${MARK[level]} ${sentence}${action ? ` ${action}` : ''}`);
      return findings.some(({ level }) => level === 'error') ? 1 : 0;
    } finally {
      foundation.close();
    }
  },
};
