/** The tables of this node in use: noticed when they change, values chosen again, and what the API sees of them. */
import { Problem } from '../api/problem.ts';
import type { VocabularyPort } from '../api/services.ts';
import { type CurrentTables, Recoding } from '../catalogue/recoding/recoding.ts';
import { RecodingRun } from '../catalogue/recoding/recoding-run.ts';
import { TableError } from '../harmonise/tables/table-problem.ts';
import { TableWatch } from '../harmonise/tables/table-watch.ts';
import type { VocabularyLookup } from '../harmonise/vocabulary-lookup.ts';
import type { Logger } from '../operations/logger.ts';
import { StartUpError } from '../store/errors.ts';
import type { Foundation } from './foundation.ts';
import { currentTables, type TablePreview, VocabularyDesk } from './vocabulary-desk.ts';

/** As many changes of a kind are shown; the rest is counted. */
const MOST_SHOWN = 200;

export interface VocabularySide {
  readonly port: VocabularyPort;
  readonly recoding: RecodingRun;
}

export interface VocabularySideParts {
  readonly foundation: Foundation;
  /** Follows the tables in use. */
  readonly lookup: VocabularyLookup;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Codes of indexed values changed. */
  readonly onChanged: () => void;
}

export function buildVocabularySide({ foundation, lookup, logger, onChanged }: VocabularySideParts): VocabularySide {
  const { tableShelf: shelf, indexDatabase, audit } = foundation;
  let tables: CurrentTables | undefined;
  const watch = new TableWatch({
    shelf,
    logger,
    onChanged: (vocabularies) => {
      lookup.replace(vocabularies);
      tables = currentTables(vocabularies);
    },
  });
  const recoding = new RecodingRun({
    recoding: new Recoding(indexDatabase),
    tables: () => {
      if (!watch.follow()) throw new StartUpError('A table cannot be used.');
      tables ??= currentTables(shelf.vocabularies());
      return tables;
    },
    onChanged,
    onDone: (values) => {
      audit.record({ actor: 'node', action: 'vocabulary.applied', subject: 'index', detail: `${values} values` });
      logger.info('Indexed values were harmonised again by the tables in use.', { values });
    },
    onFault: (reason) => logger.error('Values could not be harmonised again; it is tried again.', { reason }),
  });
  return { recoding, port: portOf(new VocabularyDesk(foundation), recoding, () => watch.follow()) };
}

function portOf(desk: VocabularyDesk, recoding: RecodingRun, follow: () => void): VocabularyPort {
  const applied = () => {
    follow();
    recoding.nudge();
  };
  return {
    list: () => desk.list(),
    preview: ({ text, ...choices }, by) => {
      try {
        return {
          accepted: true,
          problems: [],
          problemCount: 0,
          change: shown(desk.preview(bytesOf(text), { ...choices, by, now: new Date() })),
        };
      } catch (error) {
        if (!(error instanceof TableError)) throw refused(error);
        return { accepted: false, problems: [...error.problems], problemCount: error.count, change: null };
      }
    },
    import: ({ text, versionBefore, ...choices }, by) => {
      try {
        const given = { ...choices, by, now: new Date() };
        const bytes = bytesOf(text);
        if (desk.preview(bytes, given).versionBefore !== versionBefore) {
          throw new Problem(409, 'The table changed', 'Another table came into use since the preview. Look again.');
        }
        const change = shown(desk.import(bytes, given));
        applied();
        return change;
      } catch (error) {
        throw refused(error);
      }
    },
    restore: (name, by) => {
      try {
        desk.restore(name, by);
        applied();
        return desk.list();
      } catch (error) {
        throw refused(error);
      }
    },
    export: (name) => {
      try {
        return { fileName: `${name}.csv`, text: desk.export(name) };
      } catch (error) {
        throw refused(error);
      }
    },
    explain: (code) => {
      const found = desk.explain(code);
      if (!found) return undefined;
      const { parents, equivalents, vocabularies } = found;
      return { ...found, parents: [...parents], equivalents: [...equivalents], vocabularies: [...vocabularies] };
    },
  };
}

function shown(preview: TablePreview) {
  const { added, changed, removed } = preview;
  return {
    ...preview,
    warnings: [...preview.warnings],
    addedCount: added.length,
    changedCount: changed.length,
    removedCount: removed.length,
    added: added.slice(0, MOST_SHOWN),
    changed: changed.slice(0, MOST_SHOWN),
    removed: removed.slice(0, MOST_SHOWN),
  };
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

function refused(error: unknown): unknown {
  if (error instanceof TableError) return new Problem(400, 'Not acceptable', error.message);
  return error instanceof StartUpError ? new Problem(409, 'Not possible', error.message) : error;
}
