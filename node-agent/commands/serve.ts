import { Agent } from '../agent.ts';
import { createDataFolder } from '../store/data-folder.ts';
import { type Command, print, settingsOf } from './command.ts';
import { writeLastWords } from './fatal-log.ts';

export const serve: Command = {
  name: ['serve'],
  usage: 'serve',
  summary: 'Runs the node until it is asked to stop (SIGTERM, SIGINT).',
  positionals: 0,
  run: async (context) => {
    // Before anything starts: a node that is asked to stop while it starts, or the moment it is ready, stops in order.
    const stopRequested = askedToStop();
    writeLastWords(createDataFolder(context.dataFolder).logs);
    const agent = await Agent.start({ dataFolder: context.dataFolder, settings: settingsOf(context) });
    print(JSON.stringify({ ready: true, ...agent.address }));
    await stopRequested;
    await agent.stop();
    return 0;
  },
};

function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}
