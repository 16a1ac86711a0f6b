/** The classification of series: its desk, and the work on what is due while the node runs. */
import { join } from 'node:path';
import { makeDataSet } from '../dicom/element.ts';
import { readPart10, temporaryBeside } from '../dicom/part10-reader.ts';
import { SeriesDesk } from '../governance/curation/series-desk.ts';
import { loadEvidenceTables } from '../harmonise/series/evidence-table.ts';
import { SeriesClassifier } from '../harmonise/series/series-classifier.ts';
import { type SeriesEvidence, seriesEvidence } from '../harmonise/series/series-evidence.ts';
import { loadVocabularies } from '../harmonise/vocabulary.ts';
import type { Logger } from '../operations/logger.ts';
import type { SettingValues } from '../settings/manifest.ts';
import type { Foundation } from './foundation.ts';

export function buildSeriesDesk(
  { indexDatabase, audit }: Pick<Foundation, 'indexDatabase' | 'audit'>,
  settings: Pick<SettingValues, 'harmonise.askBelowPercent'>,
): SeriesDesk {
  const classifier = new SeriesClassifier(loadEvidenceTables(), loadVocabularies());
  const askBelow = settings['harmonise.askBelowPercent'] / 100;
  return new SeriesDesk({ database: indexDatabase, audit, classifier, askBelow });
}

export interface SeriesWorkParts {
  readonly desk: SeriesDesk;
  /** The data folder. */
  readonly root: string;
  readonly logger: Pick<Logger, 'error' | 'info'>;
  /** Told after something was done. */
  readonly onDone: () => void;
}

const EVERY_MILLISECONDS = 3_000;
/** A few at a time: they are done between the objects that come, in the same process. */
const MOST_AT_ONCE = 25;

/** Does what is due for series, a little at a time, so that reception is not held up. */
export class SeriesWork {
  readonly #parts: SeriesWorkParts;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: SeriesWorkParts) {
    this.#parts = parts;
  }

  start(): void {
    const { desk, logger } = this.#parts;
    if (desk.followTables()) logger.info('Series are classified again: the tables or the threshold changed.');
    this.#later(0);
    void this.#catchUp();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Everything that is due now. */
  async finish(): Promise<void> {
    while (this.#parts.desk.work(MOST_AT_ONCE) > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Reads the facts of objects that an earlier version indexed without them; once, series by series. */
  async #catchUp(): Promise<void> {
    const { desk, logger, root } = this.#parts;
    try {
      let series = 0;
      for (let found = desk.unnoted(); found && this.#timer !== undefined; found = desk.unnoted()) {
        const read = [];
        for (const { file, ...object } of found) read.push({ ...object, evidence: await evidenceOf(join(root, file)) });
        if (this.#timer === undefined) return;
        desk.noteAll(read);
        series += 1;
      }
      if (series > 0) logger.info('Series of an earlier version are classified.', { series });
    } catch (error) {
      const reason = (error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown');
      logger.error('Series of an earlier version could not all be classified; it is tried at the next start.', {
        reason,
      });
    }
  }

  #later(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#turn(), milliseconds);
    this.#timer.unref();
  }

  #turn(): void {
    const { desk, logger, onDone } = this.#parts;
    let done = 0;
    try {
      done = desk.work(MOST_AT_ONCE);
      if (done > 0) onDone();
    } catch (error) {
      const reason = (error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown');
      logger.error('Series could not be looked at; it is tried again.', { reason });
    }
    if (this.#timer !== undefined) this.#later(done > 0 ? 50 : EVERY_MILLISECONDS);
  }
}

/** Of a file that cannot be read any more: an object that says nothing. */
async function evidenceOf(file: string): Promise<SeriesEvidence> {
  try {
    const object = await readPart10(file, temporaryBeside(file));
    try {
      return seriesEvidence(object.dataSet);
    } finally {
      await object.close();
    }
  } catch {
    return seriesEvidence(makeDataSet({ explicit: true, littleEndian: true }, []));
  }
}
