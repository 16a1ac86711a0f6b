import { readFileSync } from 'node:fs';
import { openFoundation } from '../assembly/foundation.ts';
import { ownCertificateFiles } from '../assembly/intake-side.ts';
import { RetrieveError } from '../intake/retrieve/archives.ts';
import { readRequestList } from '../intake/retrieve/request-list.ts';
import { RetrieveDesk } from '../intake/retrieve/retrieve-desk.ts';
import type { RequestRow } from '../intake/retrieve/retrieve-requests.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, print, settingsOf, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

const BY = 'command line';

/** Asks what matches; only with `--confirm` it is queued, and the running node fetches it. */
export const retrieve: Command = {
  name: ['retrieve'],
  usage: 'retrieve CSV --from TAG [--confirm] [--again]',
  summary: 'Counts the studies that match a request list; --confirm queues them, --again also those fetched before.',
  options: { from: { type: 'string' }, confirm: { type: 'boolean' }, again: { type: 'boolean' } },
  positionals: 1,
  run: async (context) => {
    const { dataFolder, values, positionals } = context;
    if (typeof values.from !== 'string') throw new UsageError('--from names the PACS.');
    const { requests, badLines } = readRequestList(textOf(positionals[0] ?? ''));
    for (const { line, sentence } of badLines) process.stderr.write(`Line ${line}: ${sentence}\n`);
    if (badLines.length > 0) throw new StartUpError('Nothing was taken from the list. Correct these lines.');
    const foundation = openFoundation(existingNode(dataFolder).root);
    try {
      const desk = new RetrieveDesk({
        ...foundation,
        requests: foundation.retrieveRequests,
        queue: foundation.retrieveQueue,
        logger: { error: (sentence) => process.stderr.write(`${sentence}\n`) },
        ownCertificate: ownCertificateFiles(settingsOf(context).values),
      });
      const { id, archive } = desk.ask(values.from, requests, BY);
      await desk.counted();
      const counted = foundation.retrieveRequests.get(id);
      if (counted.state !== 'counted') {
        desk.cancel(id);
        throw new StartUpError(counted.sentence ?? 'The studies could not be counted.');
      }
      print(countSentence(counted));
      if (values.confirm !== true) {
        desk.cancel(id);
        return 0;
      }
      const { studies } = desk.confirm(id, values.again === true);
      const queued = studies.waiting ?? 0;
      foundation.audit.record({
        actor: BY,
        action: 'retrieve.confirmed',
        subject: id,
        detail: `${queued} studies from ${archive}`,
      });
      print(`${queued} studies were queued.`);
      return 0;
    } catch (error) {
      if (error instanceof RetrieveError) throw new StartUpError(error.message);
      throw error;
    } finally {
      foundation.close();
    }
  },
};

function countSentence({ studies, expected, fetchedBefore }: RequestRow): string {
  const before = fetchedBefore > 0 ? ` ${fetchedBefore} of them were fetched before.` : '';
  return `${studies.found ?? 0} studies match, ${expected ?? 'an unreported number of'} instances.${before}`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new StartUpError('The request list cannot be read. Check its path and permissions.');
  }
}
