/** What harmonising makes of one attribute: the original, the code, and how the code was chosen. */

export type HarmonisedEntity = 'patient' | 'study' | 'series';
export type HarmonisedAttribute =
  | 'modality'
  | 'body_part'
  | 'manufacturer'
  | 'sex'
  | 'laterality'
  /** What makes the image bright: weighting of MR, kind of map, enhanced or not. */
  | 'contrast'
  /** Anatomical plane of the slices. */
  | 'plane'
  /** Phase of enhancement after a contrast agent. */
  | 'phase'
  /** Family of the reconstruction kernel of CT. */
  | 'kernel'
  /** Class of the slice thickness. */
  | 'thickness'
  /** View of a projection image. */
  | 'view'
  /** Radiopharmaceutical of a nuclear image. */
  | 'tracer'
  /** Whether attenuation was corrected in a nuclear image. */
  | 'attenuation'
  /** Acquired, reformatted, computed, or a localiser. */
  | 'derivation';

type HarmoniseRule =
  /** a defined term of DICOM */
  | 'exact'
  /** another spelling or language */
  | 'spelling'
  /** a word inside the value */
  | 'keyword'
  /** a code of Anatomic Region Sequence (0008,2218) */
  | 'anatomic-region-code'
  /** words of the series description, the protocol name or the study description */
  | 'description'
  /** the modality images nothing else */
  | 'implied-by-modality'
  /** the texts name several parts that do not fit together */
  | 'ambiguous'
  /** not an image: there is no image modality */
  | 'not-an-image'
  /** the value says that the attribute has no meaning here */
  | 'not-applicable'
  /** a value, but none the vocabulary knows */
  | 'unmapped'
  /** no value */
  | 'missing';

export interface HarmonisedValue {
  readonly entity: HarmonisedEntity;
  readonly attribute: HarmonisedAttribute;
  /** As the object said it; null where it said nothing. */
  readonly original: string | null;
  /** EUCAIM hyper-ontology code without the IRI base; null where none fits. */
  readonly code: string | null;
  readonly label: string | null;
  readonly rule: HarmoniseRule;
  readonly tableVersion: string;
  /** 0 to 1; left out where no evidence was weighed. */
  readonly confidence?: number | undefined;
  /** What else it could be, likeliest first; the chosen one is among them. */
  readonly candidates?: readonly Candidate[] | undefined;
  /** The person who chose it; left out where a rule did. */
  readonly chosenBy?: string | undefined;
}

/** A concept a value may stand for. */
export interface Candidate {
  readonly code: string;
  readonly label: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/** The attributes harmonising looks at; values of the de-identified object. */
export interface HarmoniseSource {
  readonly modality: string | null;
  readonly bodyPart: string | null;
  readonly anatomicRegions: readonly { readonly code: string; readonly scheme: string }[];
  readonly manufacturer: string | null;
  readonly sex: string | null;
  readonly laterality: string | null;
  readonly seriesDescription: string | null;
  readonly protocol: string | null;
  readonly studyDescription: string | null;
}

/** A value with the rule that chose its code, before it is attached to an attribute. */
export interface Choice {
  readonly original: string | null;
  readonly concept: { readonly code: string; readonly label: string } | undefined;
  readonly rule: HarmoniseRule;
}
