/** The de-identification engine: PS3.15 Annex E on one object, from file to file. */
import { unlink } from 'node:fs/promises';
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { makeDataSet } from '../dicom/element.ts';
import { DicomParseError } from '../dicom/parse-error.ts';
import { type Part10Object, type ReadOptions, readPart10, temporaryBeside } from '../dicom/part10-reader.ts';
import { writePart10 } from '../dicom/part10-writer.ts';
import type { QuarantineCause } from './causes.ts';
import { addedFaults } from './conformance/conformance-gate.ts';
import { SetAside } from './derived/set-aside.ts';
import { type ExplainedElement, explain } from './explanation.ts';
import { mayShowFace } from './face/face-risk.ts';
import { overlayBits } from './graphics/overlay-bits.ts';
import { type CleaningParts, ObjectCleaning } from './object-cleaning.ts';
import { ObjectSupport } from './object-support.ts';
import { originalStudyOf } from './original-study.ts';
import type { Deidentification, DeidentificationReport, Excluded, Quarantined } from './outcome.ts';
import { PixelRisk } from './pixel-risk.ts';
import { textInPixelStream } from './pixel-stream/pixel-stream.ts';
import { reportOf } from './report.ts';
import { findResidualIdentifiers } from './residual/residual-scan.ts';
import { type Original, SearchMemory } from './residual/search-memory.ts';
import type { RetainedView } from './retained-view.ts';
import { fileMeta } from './stamps.ts';
import { Vocabulary } from './text/vocabulary.ts';

export interface EngineParts extends CleaningParts {
  /** Kinds of objects that are left out by choice instead of being set aside; see `KEPT_BACK_KINDS`. */
  readonly excludedKinds?: readonly string[];
  /** Words that the site approved for its descriptions. */
  readonly approvedWords?: readonly string[];
}

/** An outcome, and what the residual scan must not take for the patient's. */
interface Processed {
  readonly outcome: Deidentification;
  /** Whole values that de-identification itself wrote. */
  readonly ownValues: ReadonlySet<string>;
  /** What the profile retains of the original on purpose; undefined where nothing was written. */
  readonly retained?: RetainedView;
}

/** An object and what its profile makes of it. */
export interface Explanation extends ReportHead {
  /** Why the whole object would be kept back or left out; undefined where it would not. */
  readonly refusal: Quarantined | Excluded | undefined;
  /** Manufacturer and model. */
  readonly device: string;
  readonly elements: readonly ExplainedElement[];
}

type ReportHead = Pick<DeidentificationReport, 'profile' | 'profileVersion' | 'profileHash' | 'edition'>;

const OF_PIXELS: ReadonlySet<QuarantineCause> = new Set<QuarantineCause>([
  'burned-in-text',
  'text-in-pixel-stream',
  'overlay-in-pixels',
]);
const NONE: ReadonlySet<string> = new Set();
const OVERLAY_BITS_CLEARED = 'Bits of Pixel Data that held an overlay were set to 0; those of the image are unchanged.';
/** More than these say nothing new in a detail. */
const MOST_PLACES = 8;

/** Every other failure of the reader means that the file is unreadable. */
const CAUSE_OF_FAILURE: Readonly<Partial<Record<DicomParseError['reason'], QuarantineCause>>> = {
  'unknown-transfer-syntax': 'unknown-transfer-syntax',
  limit: 'beyond-limits',
  depth: 'beyond-limits',
};

const TAGS = {
  sopClass: tagOf('SOPClassUID'),
  sopInstance: tagOf('SOPInstanceUID'),
  study: tagOf('StudyInstanceUID'),
  series: tagOf('SeriesInstanceUID'),
  mediaSopClass: tagOf('MediaStorageSOPClassUID'),
  patientId: tagOf('PatientID'),
  manufacturer: tagOf('Manufacturer'),
  model: tagOf('ManufacturerModelName'),
} as const;

export class DeidentificationEngine {
  readonly #parts: EngineParts;
  readonly #searchMemory: SearchMemory;
  readonly #cleaning: ObjectCleaning;
  readonly #pixelRisk = new PixelRisk();
  readonly #support: ObjectSupport;
  readonly #profileHash: string;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    const vocabulary = new Vocabulary(parts.approvedWords);
    this.#searchMemory = new SearchMemory(vocabulary);
    this.#cleaning = new ObjectCleaning(parts, vocabulary);
    this.#support = new ObjectSupport(parts.excludedKinds);
    this.#profileHash = parts.profile.contentHash(parts.approvedWords);
  }

  /** Which profile decides, with which edition of the table. */
  get head(): ReportHead {
    const { profile, tables } = this.#parts;
    return {
      profile: profile.id,
      profileVersion: profile.version,
      profileHash: this.#profileHash,
      edition: tables.confidentiality.edition,
    };
  }

  /**
   * Writes a de-identified copy of `source` to `target`, which must not exist. Without a residual
   * scan: use `deidentifyAndVerify` for anything that is passed on.
   * @throws the system's error (disk full, no such file); everything about the object itself is an outcome
   */
  async deidentify(source: string, target: string): Promise<Deidentification> {
    return this.#withSource(source, target, async (object) => (await this.#process(object, target)).outcome);
  }

  /**
   * De-identifies, then searches the copy for every identifying value of the original; on a hit the copy is deleted.
   * @param source a file, or what `openOriginal` made of one; the caller closes that
   * @param fileNames paths that the original had where it came from; its file and folder names are searched for as well
   * @param observe sees the original before anything is removed; nothing that identifies may leave it
   */
  async deidentifyAndVerify(
    source: string | Part10Object,
    target: string,
    fileNames: readonly string[] = [],
    observe: (original: DataSet) => void = () => {},
  ): Promise<Deidentification> {
    return this.#withSource(source, target, async (object) => {
      observe(object.dataSet);
      const { outcome, ownValues, retained } = await this.#process(object, target);
      if (outcome.kind !== 'deidentified') return outcome;
      const original = retained === undefined ? object : withoutRetained(object, retained);
      try {
        const hits = await findResidualIdentifiers(original, target, this.#searchMemory, ownValues, fileNames);
        if (hits.length === 0) return outcome;
        const places = [...new Set(hits.map(({ where, kind }) => `${kind} at ${where}`))]
          .slice(0, MOST_PLACES)
          .join('; ');
        await unlink(target);
        return quarantined('residual-identifier', `Found: ${places}.`);
      } catch (error) {
        await unlink(target).catch(() => {});
        throw error;
      }
    });
  }

  /**
   * What de-identifying this object would do to it and why; nothing is written.
   * @param temporary where the inflated copy of a deflated original may stand for a moment; others must not share it
   * @throws DicomParseError when it cannot be read; the system's error
   */
  async explain(source: string, temporary: Pick<ReadOptions, 'temporaryFolder'>): Promise<Explanation> {
    const object = await readPart10(source, { tolerant: true, ...temporary });
    try {
      const { dataSet } = object;
      const refusal = this.#refusal(object);
      const head = { ...this.head, refusal, device: deviceOf(dataSet) };
      // Attributes can be explained only of what can be cleaned; that pixels may show text does not hinder it.
      if (refusal !== undefined && !(refusal.kind === 'quarantined' && OF_PIXELS.has(refusal.cause)))
        return { ...head, elements: [] };
      const cleaned = this.#cleaning.clean(dataSet, dataSet.string(TAGS.sopClass) ?? '');
      return { ...head, elements: explain(cleaned, this.#parts.profile.id) };
    } catch (error) {
      if (!(error instanceof SetAside)) throw error;
      const refusal = quarantined('set-aside-by-profile', error.message);
      return { ...this.head, refusal, device: deviceOf(object.dataSet), elements: [] };
    } finally {
      await object.close();
    }
  }

  async #withSource(
    source: string | Part10Object,
    target: string,
    work: (object: Part10Object) => Promise<Deidentification>,
  ): Promise<Deidentification> {
    let opened: Part10Object | undefined;
    try {
      if (typeof source !== 'string') return await work(source);
      opened = await openOriginal(source, target);
      return await work(opened);
    } catch (error) {
      if (error instanceof SetAside) return quarantined('set-aside-by-profile', error.message);
      if (error instanceof DicomParseError) {
        return quarantined(CAUSE_OF_FAILURE[error.reason] ?? 'unreadable', error.message);
      }
      // A full disk or a vanished file is not the object's fault: whoever runs the queue decides.
      if (error instanceof Error && 'errno' in error) throw error;
      return quarantined('engine-error', error instanceof Error ? `${error.name} in the engine.` : 'Unknown error.');
    } finally {
      await opened?.close();
    }
  }

  async #process(object: Part10Object, target: string): Promise<Processed> {
    const { dataSet } = object;
    const refusal = this.#refusal(object);
    if (refusal !== undefined) return { outcome: refusal, ownValues: NONE };
    const sopClassUid = dataSet.string(TAGS.sopClass) ?? '';
    const cleaned = this.#cleaning.clean(dataSet, sopClassUid);
    const { output, stamps, retained } = cleaned;
    const { tables } = this.#parts;
    const faults = addedFaults(dataSet, output, tables.types, sopClassUid);
    if (faults.length > 0) {
      const detail = `Places: ${faults.slice(0, MOST_PLACES).join('; ')}.`;
      return { outcome: quarantined('added-conformance-error', detail), ownValues: NONE };
    }
    const sopInstanceUid = output.string(TAGS.sopInstance) ?? '';
    const { transferSyntaxUid } = object;
    const { bytes } = await writePart10(target, {
      meta: fileMeta(sopClassUid, sopInstanceUid, transferSyntaxUid),
      dataSet: output,
      transferSyntaxUid,
      source: object.path,
      sourceDescriptor: object.descriptor,
    });
    const outcome: Deidentification = {
      kind: 'deidentified',
      patientPseudonym: cleaned.pseudonym,
      identity: cleaned.identity,
      originalStudy: originalStudyOf(dataSet),
      sopClassUid,
      originalSopInstanceUid: dataSet.string(TAGS.sopInstance) ?? '',
      studyInstanceUid: output.string(TAGS.study) ?? '',
      seriesInstanceUid: output.string(TAGS.series) ?? '',
      sopInstanceUid,
      transferSyntaxUid,
      mayShowFace: mayShowFace(dataSet),
      bytes,
      report: reportOf(cleaned.plan, stamps, {
        ...this.head,
        claimedCodes: cleaned.claimedCodes,
        findings: [...object.findings, ...(cleaned.overlayCleared ? [OVERLAY_BITS_CLEARED] : [])],
      }),
      ...(cleaned.words === undefined ? {} : { words: cleaned.words }),
    };
    return { outcome, ownValues: textsOf(makeDataSet(dataSet.encoding, stamps)), retained };
  }

  /** The reasons to set an object aside that can be told before anything is written. */
  #refusal(object: Part10Object): Quarantined | Excluded | undefined {
    const { dataSet, meta, transferSyntaxUid } = object;
    const sopClassUid = dataSet.string(TAGS.sopClass) ?? meta?.string(TAGS.mediaSopClass);
    if (sopClassUid === undefined) return quarantined('missing-uid', 'The SOP Class UID is missing.');
    const unsupported = this.#support.refusal(sopClassUid, transferSyntaxUid);
    if (unsupported !== undefined) return unsupported;
    for (const [name, tag] of [
      ['SOP Class UID', TAGS.sopClass],
      ['SOP Instance UID', TAGS.sopInstance],
      ['Series Instance UID', TAGS.series],
      ['Study Instance UID', TAGS.study],
    ] as const) {
      if (dataSet.string(tag) === undefined) return quarantined('missing-uid', `The ${name} is missing.`);
    }
    const mismatch = classMismatch(dataSet, meta);
    if (mismatch !== undefined) return mismatch;
    if (dataSet.string(TAGS.patientId) === undefined) {
      return quarantined('missing-patient-id', 'Patient ID (0010,0020) is missing or empty.');
    }
    const overlays = overlayBits(dataSet);
    if (overlays.kind === 'out-of-reach') return quarantined('overlay-in-pixels', overlays.detail);
    const reason = this.#pixelRisk.reason(dataSet);
    if (reason !== undefined) return quarantined('burned-in-text', reason);
    const text = textInPixelStream(object);
    return text === undefined ? undefined : quarantined('text-in-pixel-stream', text);
  }
}

/**
 * Reads an original as the engine wants it. The copy of a deflated one stands beside the target and begins like it, never in
 * a folder that others share.
 * @throws DicomParseError when it cannot be read; the system's error
 */
export function openOriginal(source: string, target: string): Promise<Part10Object> {
  return readPart10(source, { tolerant: true, blocking: true, ...temporaryBeside(target) });
}

function deviceOf(dataSet: DataSet): string {
  const names = [dataSet.string(TAGS.manufacturer), dataSet.string(TAGS.model)];
  return names.filter(Boolean).join(' ') || 'unknown';
}

/** The class decides which rules apply, so the two must agree on it; which instance it is, the data set says. */
function classMismatch(dataSet: DataSet, meta: DataSet | undefined): Quarantined | undefined {
  const stated = meta?.string(TAGS.mediaSopClass);
  if (stated === undefined || stated === dataSet.string(TAGS.sopClass)) return undefined;
  return quarantined('uid-mismatch', 'The SOP class of the File Meta Information is not that of the data set.');
}

/** The original as the residual scan should see it: what its profile retains is no identifier to be searched for. */
function withoutRetained({ meta, dataSet }: Part10Object, retained: RetainedView): Original {
  const searched = retained.without(dataSet);
  const gone = new Set(searched.elements);
  const stays = makeDataSet(
    dataSet.encoding,
    dataSet.elements.filter((element) => !gone.has(element)),
    dataSet.characterSet,
  );
  return { dataSet: searched, meta: meta && retained.without(meta), retained: stays };
}

/** All texts of the stamps: the residual scan must not take them for the patient's. */
function textsOf(dataSet: DataSet): Set<string> {
  const texts = dataSet.elements.flatMap(({ tag }) => [
    ...dataSet.strings(tag),
    ...dataSet.items(tag).flatMap((item) => [...textsOf(item)]),
  ]);
  return new Set(texts);
}

function quarantined(cause: QuarantineCause, detail: string): Quarantined {
  return { kind: 'quarantined', cause, detail };
}
