import { readFileSync } from 'node:fs';
import { openFoundation } from '../assembly/foundation.ts';
import { RetrieveError, remoteNode } from '../intake/retrieve/archives.ts';
import { DimseFailure } from '../intake/retrieve/dimse-failure.ts';
import { readRequestList } from '../intake/retrieve/request-list.ts';
import { QUERY_LIMITS } from '../intake/retrieve/retriever.ts';
import { type MatchingStudy, matchingStudies } from '../intake/retrieve/study-listing.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, print, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

/** Asks what matches; only with `--confirm` it is queued, and the running node fetches it. */
export const retrieve: Command = {
  name: ['retrieve'],
  usage: 'retrieve CSV --from TAG [--confirm]',
  summary: 'Counts the studies that match a request list; --confirm queues them for the node.',
  options: { from: { type: 'string' }, confirm: { type: 'boolean' } },
  positionals: 1,
  run: async ({ dataFolder, values, positionals: [file = ''] }) => {
    if (typeof values.from !== 'string') throw new UsageError('--from names the PACS.');
    const { requests, badLines } = readRequestList(textOf(file));
    for (const { line, sentence } of badLines) process.stderr.write(`Line ${line}: ${sentence}\n`);
    if (badLines.length > 0) throw new StartUpError('Nothing was taken from the list. Correct these lines.');
    const foundation = openFoundation(existingNode(dataFolder).root);
    try {
      const archive = foundation.archives.get(values.from);
      const studies = new Map<string, MatchingStudy>();
      for (const request of requests) {
        const matching = await matchingStudies(remoteNode(archive), request, QUERY_LIMITS);
        for (const study of matching) studies.set(study.studyUid, study);
      }
      const instances = [...studies.values()].reduce<number | null>(
        (sum, study) => (sum === null || study.instances === null ? null : sum + study.instances),
        0,
      );
      print(`${studies.size} studies match, ${instances ?? 'an unreported number of'} instances.`);
      if (values.confirm !== true) return 0;
      const wanted = [...studies.values()].map(({ studyUid, instances: expected }) => ({ studyUid, expected }));
      const added = foundation.retrieveQueue.add(archive.tag, wanted);
      const detail = `${added} studies from ${archive.tag}`;
      foundation.audit.record({ actor: 'command line', action: 'retrieve.requested', subject: archive.tag, detail });
      print(`${added} studies were queued.`);
      return 0;
    } catch (error) {
      if (error instanceof RetrieveError || error instanceof DimseFailure) throw new StartUpError(error.message);
      throw error;
    } finally {
      foundation.close();
    }
  },
};

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new StartUpError('The request list cannot be read. Check its path and permissions.');
  }
}
