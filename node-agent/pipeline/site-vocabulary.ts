/** Keeps the workers to the words that the site has approved, also where another process approves or revokes one. */
import type { Logger } from '../operations/logger.ts';
import type { SiteWords } from '../vault/site-words.ts';

export interface SiteVocabularyParts {
  readonly siteWords: Pick<SiteWords, 'revision' | 'approved'>;
  /** Told when the approved words are no longer those that it was made with or that it was told before. */
  readonly onChanged: (approvedWords: readonly string[]) => void;
  readonly logger: Pick<Logger, 'error'>;
}

export class SiteVocabulary {
  readonly #parts: SiteVocabularyParts;
  #revision: string;
  #failing = false;

  constructor(parts: SiteVocabularyParts) {
    this.#parts = parts;
    this.#revision = parts.siteWords.revision;
  }

  /** False while it cannot be told what is approved: an object begun now might keep a word that was revoked. */
  follow(): boolean {
    const { siteWords, onChanged, logger } = this.#parts;
    try {
      const { revision } = siteWords;
      if (revision !== this.#revision) {
        onChanged(siteWords.approved());
        this.#revision = revision;
      }
      this.#failing = false;
      return true;
    } catch (error) {
      const reason = (error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown');
      if (!this.#failing) logger.error('The approved words cannot be read; objects wait until they can.', { reason });
      this.#failing = true;
      return false;
    }
  }
}
