/** A process that reads stored objects, so that one that brings it down leaves the node alone. It ends with the node. */
import { EXAMINATION_EDITION, type Examination, examine } from './examination.ts';
import { loadObjectKinds } from './object-kinds.ts';

export interface ExaminationTask {
  readonly file: string;
  readonly contentHash: string;
}

export interface ExaminationAnswer extends Examination {
  readonly edition: number;
}

const kinds = loadObjectKinds();

process.on('message', async ({ file, contentHash }: ExaminationTask) => {
  const answer: ExaminationAnswer = { edition: EXAMINATION_EDITION, ...(await examine(file, contentHash, kinds)) };
  process.send?.(answer);
});
process.once('disconnect', () => process.exit(0));
