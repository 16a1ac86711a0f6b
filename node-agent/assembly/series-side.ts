/** The classification of series: its desk, and the work on what is due while the node runs. */
import { SeriesDesk } from '../governance/curation/series-desk.ts';
import { loadEvidenceTables } from '../harmonise/series/evidence-table.ts';
import { SeriesClassifier } from '../harmonise/series/series-classifier.ts';
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
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Everything that is due now. */
  async finish(): Promise<void> {
    while (this.#parts.desk.work(MOST_AT_ONCE) > 0) await new Promise((resolve) => setImmediate(resolve));
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
