/** The process that makes volumes of series; it ends with the node. */
import { harmoniseSeries } from '../../harmonise/image/harmonise-series.ts';
import { ImageRefusal } from '../../harmonise/image/image-refusal.ts';
import type { ConversionAnswer, ConversionTask } from './converter.ts';

process.umask(0o077);
process.on('disconnect', () => process.exit(0));
process.on('message', (task) => {
  void answerTo(task as ConversionTask).then((answer) => process.send?.(answer));
});

async function answerTo({ files, recipe, folder, name }: ConversionTask): Promise<ConversionAnswer> {
  try {
    return { kind: 'converted', record: await harmoniseSeries(files, recipe, { folder, name }) };
  } catch (error) {
    if (error instanceof ImageRefusal) return { kind: 'refused', reason: error.reason, sentence: error.message };
    return {
      kind: 'failed',
      code: (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'unknown'),
    };
  }
}
