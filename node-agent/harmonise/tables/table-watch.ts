/** Notices that tables were imported or restored, also by another process. */
import type { Vocabularies } from '../vocabulary.ts';
import type { TableShelf } from './table-shelf.ts';

export interface TableWatchParts {
  readonly shelf: Pick<TableShelf, 'revision' | 'vocabularies'>;
  /** Told with vocabularies that can be used. */
  readonly onChanged: (vocabularies: Vocabularies) => void;
  readonly logger: { error(message: string, details?: object): void };
}

export class TableWatch {
  readonly #parts: TableWatchParts;
  #revision: string;
  #failing = false;

  constructor(parts: TableWatchParts) {
    this.#parts = parts;
    this.#revision = parts.shelf.revision;
  }

  /** False while a table cannot be used: objects harmonised now would have to be harmonised again. */
  follow(): boolean {
    const { shelf, onChanged, logger } = this.#parts;
    try {
      const { revision } = shelf;
      if (revision !== this.#revision) {
        onChanged(shelf.vocabularies());
        this.#revision = revision;
      }
      this.#failing = false;
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#failing) logger.error('The vocabularies cannot be read; objects wait until they can.', { reason });
      this.#failing = true;
      return false;
    }
  }
}
