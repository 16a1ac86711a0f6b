/** Cleans the data set of one object in memory: what is planned for it, what is written over that, and what comes of both. */
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { applyPlan } from './application.ts';
import type { AttributeTypes } from './attribute-types.ts';
import type { ConfidentialityTable } from './confidentiality-table.ts';
import { datePolicyOf } from './date-policy.ts';
import type { KeyedSource } from './derived/derive.ts';
import { isEmpty } from './element-values.ts';
import { AnnotationTextRemoved } from './graphics/annotation-text.ts';
import { GraphicLayers } from './graphics/graphic-layers.ts';
import { overlayBits } from './graphics/overlay-bits.ts';
import type { CodedOption } from './options.ts';
import type { OriginalIdentity } from './outcome.ts';
import { performedCodes } from './performed-codes.ts';
import type { DataSetPlan } from './plan.ts';
import { Planner } from './planner.ts';
import type { Profile } from './profile.ts';
import { Qualifiers } from './qualifiers.ts';
import { REMOVED_UNLISTED } from './retained-attributes.ts';
import { RetainedView } from './retained-view.ts';
import { SafePrivate } from './safe-private.ts';
import type { SpecialRule } from './special-rule.ts';
import { stampElements } from './stamps.ts';
import { ContentItemRules } from './structured/content-item-rules.ts';
import { KnownIdentifiers } from './text/known-identifiers.ts';
import { TextCleaner } from './text/text-cleaner.ts';
import { UnknownWords, type WordFindings } from './text/unknown-words.ts';
import type { Vocabulary } from './text/vocabulary.ts';
import { UidReplacement } from './uid-replacement.ts';
import { ValueRules } from './value-rules.ts';

/** What the engine needs of the vault; its Pseudonymiser is one. */
export interface PseudonymSource {
  patientPseudonym(patient: { patientId: string; issuer?: string | undefined }): string;
  /** Patient's Name (0010,0010) for a pseudonym. */
  patientName(pseudonym: string): string;
  dateShiftDays(patient: { patientId: string; issuer?: string | undefined }): number;
  uid(original: string, patientPseudonym: string): string;
  /** For values that rules derive: letters of base64url, the same for the same value of a domain. Without it they go. */
  fingerprint?(domain: string, value: string): string;
}

export interface CleaningParts {
  readonly pseudonymiser: PseudonymSource;
  readonly profile: Profile;
  readonly tables: { readonly confidentiality: ConfidentialityTable; readonly types: AttributeTypes };
}

export interface CleanedObject {
  readonly identity: OriginalIdentity;
  readonly pseudonym: string;
  readonly plan: DataSetPlan;
  /** Codes of CID 7050. */
  readonly claimedCodes: readonly CodedOption[];
  /** The elements written over the plan. */
  readonly stamps: readonly DataElement[];
  readonly output: DataSet;
  /** What the profile retains of the original on purpose: none of it is an identifier to be searched for. */
  readonly retained: RetainedView;
  /** Whether an overlay was cleared from unused bits of Pixel Data. */
  readonly overlayCleared: boolean;
  /** For the vault alone. */
  readonly words: WordFindings | undefined;
}

const TAGS = {
  patientId: tagOf('PatientID'),
  issuer: tagOf('IssuerOfPatientID'),
  patientName: tagOf('PatientName'),
  birthDate: tagOf('PatientBirthDate'),
  method: tagOf('DeidentificationMethod'),
} as const;

export class ObjectCleaning {
  readonly #parts: CleaningParts;
  readonly #vocabulary: Vocabulary;
  readonly #cleaner: TextCleaner;
  readonly #safePrivate: SafePrivate | undefined;

  constructor(parts: CleaningParts, vocabulary: Vocabulary) {
    this.#parts = parts;
    this.#vocabulary = vocabulary;
    this.#cleaner = new TextCleaner(vocabulary);
    this.#safePrivate = parts.profile.has('retain_safe_private') ? new SafePrivate() : undefined;
  }

  clean(dataSet: DataSet, sopClassUid: string): CleanedObject {
    const { pseudonymiser, profile, tables } = this.#parts;
    const { confidentiality: table, types } = tables;
    const identity = identityOf(dataSet);
    const pseudonym = pseudonymiser.patientPseudonym(identity);
    const rules = profile.rules.forObject(dataSet);
    const dates = datePolicyOf(profile, pseudonymiser.dateShiftDays(identity));
    const retained = new RetainedView(profile, table, rules, dates);
    const known = new KnownIdentifiers(retained.without(dataSet), this.#vocabulary);
    const unknown = new UnknownWords(this.#cleaner, known, this.#vocabulary);
    const values = new ValueRules(new UidReplacement(pseudonymiser, pseudonym), this.#cleaner, known, dates, {
      unknown,
      birthDate: identity.birthDate,
    });
    const special = this.#specialRules(pseudonym, values, known);
    const safePrivate = this.#safePrivate;
    const keyed = keyedSourceOf(pseudonymiser);
    const parts = { profile, rules, table, types, values, safePrivate, special, root: dataSet, keyed };
    const plan = new Planner(parts).plan(dataSet, sopClassUid);
    const earlier = dataSet.strings(TAGS.method).map((text) => this.#cleaner.clean(text, 'allow-list', known));
    const claimedCodes = performedCodes(profile, plan);
    const written = stampElements(
      dataSet,
      profile,
      claimedCodes,
      { pseudonym, name: pseudonymiser.patientName(pseudonym) },
      dates,
      earlier.filter((text) => text !== ''),
    );
    // Where a module asks for a value, known or not, and a rule writes one, the rule's stands.
    const created = new Set(rules.created.map(({ tag }) => tag));
    const stamps = written.filter((stamp) => !(created.has(stamp.tag) && isEmpty(stamp)));
    const overlays = overlayBits(dataSet);
    const cleared = overlays.kind === 'cleared' ? [overlays.pixelData] : [];
    const output = applyPlan(plan, [...stamps, ...cleared]);
    const cleaned = { identity, pseudonym, plan, claimedCodes, stamps, output, retained };
    return { ...cleaned, overlayCleared: cleared.length > 0, words: unknown.findings };
  }

  #specialRules(pseudonym: string, values: ValueRules, known: KnownIdentifiers): SpecialRule[] {
    const { profile, tables } = this.#parts;
    return [
      new ContentItemRules(pseudonym, values),
      new GraphicLayers((name) => this.#cleaner.clean(name, 'allow-list', known)),
      new Qualifiers((tag) => profile.takesAway(tag, tables.confidentiality.find(tag)) ?? REMOVED_UNLISTED.has(tag)),
      ...(profile.has('clean_graphics') ? [] : [new AnnotationTextRemoved()]),
    ];
  }
}

function keyedSourceOf(pseudonymiser: PseudonymSource): KeyedSource | undefined {
  if (pseudonymiser.fingerprint === undefined) return undefined;
  return { fingerprint: (domain, value) => pseudonymiser.fingerprint?.(domain, value) ?? '' };
}

function identityOf(dataSet: DataSet): OriginalIdentity {
  const optional = {
    issuer: dataSet.string(TAGS.issuer),
    name: dataSet.string(TAGS.patientName),
    birthDate: dataSet.string(TAGS.birthDate),
  };
  return {
    patientId: dataSet.string(TAGS.patientId) ?? '',
    ...(optional.issuer === undefined ? {} : { issuer: optional.issuer }),
    ...(optional.name === undefined ? {} : { name: optional.name }),
    ...(optional.birthDate === undefined ? {} : { birthDate: optional.birthDate }),
  };
}
