/**
 * Decides what each series is: the rules weigh what its objects say, a person settles once per pattern what the rules
 * are not sure of, and the geometry of its slices is looked at once its objects have come.
 */
import type { AuditLog } from '../../audit/audit-log.ts';
import type { IndexedValue } from '../../catalogue/catalogue-writer.ts';
import { CurationStore, type Ruling } from '../../catalogue/series/curation-store.ts';
import { SeriesStore, type StoredEvidence } from '../../catalogue/series/series-store.ts';
import { readFactsText } from '../../harmonise/series/facts.ts';
import { checkGeometry } from '../../harmonise/series/geometry-check.ts';
import { patternOf } from '../../harmonise/series/pattern.ts';
import type { SeriesClassifier } from '../../harmonise/series/series-classifier.ts';
import type { SeriesValue } from '../../harmonise/series/series-value.ts';
import type { SqliteDatabase } from '../../store/database.ts';
import { CurationError } from './errors.ts';

export interface SeriesDeskParts {
  readonly database: SqliteDatabase;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly classifier: SeriesClassifier;
  /** A person is asked about values that are less sure, 0 to 1. */
  readonly askBelow: number;
  readonly now?: () => Date;
}

/** Every series of these attributes stands under a pattern, so that an answer can reach it. */
const CURATED: ReadonlySet<string> = new Set(['contrast', 'tracer', 'body_part']);
const BY_A_PERSON = 'settled-by-a-person';

export class SeriesDesk {
  readonly #parts: SeriesDeskParts;
  readonly #store: SeriesStore;
  readonly #curation: CurationStore;

  constructor(parts: SeriesDeskParts) {
    this.#parts = parts;
    this.#store = new SeriesStore(parts.database, parts.now);
    this.#curation = new CurationStore(parts.database, parts.now);
  }

  /** Notes an object in the transaction that indexes it; its series is decided again where it says something new. */
  note(object: { readonly seriesUid: string; readonly instanceUid: string }, evidence: StoredEvidence): void {
    if (this.#store.note(object.seriesUid, object.instanceUid, evidence)) this.#decide(object.seriesUid);
  }

  /** Objects of one series that was indexed before facts were kept; undefined where there is none any more. */
  unnoted = () => this.#store.unnoted();

  /** Notes objects together, see `note`. */
  noteAll(
    objects: readonly { readonly seriesUid: string; readonly instanceUid: string; readonly evidence: StoredEvidence }[],
  ): void {
    this.#parts.database.transaction(() => {
      for (const { evidence, ...object } of objects) this.note(object, evidence);
    })();
  }

  /**
   * Settles a pattern for the site: its series, indexed and to come, get the concept.
   * @param code of the candidates or of any concept of the attribute; null for none of them
   * @returns how many series it reached
   * @throws CurationError when the pattern or the concept is unknown
   */
  settle(patternId: number, code: string | null, by: string): number {
    const { attribute } = this.pattern(patternId);
    const concept = code === null ? undefined : this.concepts(attribute).find((one) => one.code === code);
    if (code !== null && !concept) {
      throw new CurationError(
        'unknown-concept',
        `The code is none of the attribute ${attribute}. Choose one of its concepts, or none of them.`,
      );
    }
    const series = this.#changed(patternId, () => this.#curation.rule(patternId, concept, by));
    this.#record('curation.settled', patternId, by, `${attribute} ${code ?? 'none'}, ${series} series`);
    return series;
  }

  /**
   * Takes an answer back: its series are what the rules say again.
   * @returns how many series it reached
   * @throws CurationError when there is no answer to take back
   */
  revoke(patternId: number, by: string): number {
    const { attribute } = this.pattern(patternId);
    const series = this.#changed(patternId, () => {
      if (!this.#curation.revoke(patternId, by)) {
        throw new CurationError('not-settled', 'The pattern is not settled, so there is nothing to take back.');
      }
    });
    this.#record('curation.revoked', patternId, by, `${attribute}, ${series} series`);
    return series;
  }

  /** @throws CurationError when it is unknown */
  pattern(patternId: number) {
    const found = this.#curation.find(patternId);
    if (!found) throw new CurationError('unknown-pattern', 'There is no such pattern. Read the list again.');
    return found;
  }

  counts = () => this.#curation.counts();
  patterns: CurationStore['list'] = (state, page) => this.#curation.list(state, page);

  /** Everything an attribute can be. */
  concepts(attribute: string): { code: string; label: string }[] {
    return this.#parts.classifier.concepts(attribute);
  }

  /** What the rules say of an attribute of a series, with what spoke for it; undefined where it has none. */
  explain(seriesUid: string, attribute: string): SeriesValue | undefined {
    return this.#classify(seriesUid).values.find((value) => value.attribute === attribute);
  }

  /**
   * Makes every series due where tables or threshold are not those it was decided with. Cheap; `work` does the rest.
   * @returns whether there is something to do
   */
  followTables(): boolean {
    const { classifier, askBelow, database } = this.#parts;
    return database.transaction(() => this.#store.useTables(`${classifier.version}; asked below ${askBelow}`))();
  }

  /**
   * Does some of what is due: series to be decided again, then geometries. Nothing is lost when it is cut short.
   * @param most series of each kind
   * @returns how many it did
   */
  work(most: number): number {
    const { database } = this.#parts;
    const undecided = this.#store.withClassificationDue(most);
    const unchecked = this.#store.withGeometryDue(most);
    database.transaction(() => {
      for (const seriesUid of undecided) this.#decide(seriesUid);
      for (const seriesUid of unchecked) this.#check(seriesUid);
    })();
    return undecided.length + unchecked.length;
  }

  #changed(patternId: number, change: () => void): number {
    return this.#parts.database.transaction(() => {
      change();
      const members = this.#curation.seriesOf(patternId);
      for (const seriesUid of members) this.#decide(seriesUid);
      return members.length;
    })();
  }

  #classify(seriesUid: string) {
    const sets = this.#store.facts(seriesUid).map(({ content }) => readFactsText(content));
    return { sets, values: this.#parts.classifier.classify(sets) };
  }

  #decide(seriesUid: string): void {
    const { sets, values } = this.#classify(seriesUid);
    const decided = values.map((value) => {
      if (!CURATED.has(value.attribute)) return indexed(value, undefined);
      const asked = value.asked && value.confidence < this.#parts.askBelow;
      return indexed(value, this.#curation.place(seriesUid, patternOf(value.attribute, sets), asked));
    });
    this.#store.write(seriesUid, this.#parts.classifier.attributes, decided);
  }

  #check(seriesUid: string): void {
    const sets = new Map(this.#store.facts(seriesUid).map(({ factsId, content }) => [factsId, readFactsText(content)]));
    this.#store.writeGeometry(seriesUid, checkGeometry(this.#store.places(seriesUid), sets));
  }

  #record(action: string, patternId: number, actor: string, detail: string): void {
    this.#parts.audit.record({ actor, action, subject: `pattern ${patternId}`, detail });
  }
}

function indexed(value: SeriesValue, ruling: Ruling | undefined): Omit<IndexedValue, 'entity'> {
  const { asked: _, sentences: __, ...stored } = value;
  if (!ruling) return stored;
  const { code, label, decidedBy: chosenBy } = ruling;
  return { ...stored, code, label, rule: BY_A_PERSON, confidence: 1, chosenBy };
}
