/** What is scanned for which cancer, from data/protocols.json. */
import protocols from './data/protocols.json' with { type: 'json' };
import sites from './data/sites.json' with { type: 'json' };
import type { Contrast } from './images/render.ts';
import type { TransferSyntaxName } from './part10.ts';
import type { Patient } from './patients.ts';

export type CancerType = keyof typeof protocols.types;
export type Modality = 'CT' | 'MR' | 'MG' | 'US' | 'SC' | 'SEG';

export const CANCER_TYPES = Object.keys(protocols.types) as CancerType[];

export interface SeriesProtocol {
  readonly modality: Modality;
  readonly contrast: Contrast | '';
  /** Descriptor words without any identifier. */
  readonly words: string;
  readonly slices: number;
  /** A segmentation of the lesion follows. */
  readonly seg?: boolean;
}

export interface CancerProtocol {
  readonly patients: number;
  readonly sex: string;
  readonly ages: readonly number[];
  readonly anatomy: string;
  readonly site: keyof typeof protocols.sites;
  readonly bodyParts: readonly string[];
  readonly variants: readonly (readonly { readonly words: string; readonly series: readonly SeriesProtocol[] }[])[];
}

export function protocolOf(type: CancerType): CancerProtocol {
  return protocols.types[type] as CancerProtocol;
}

/** Code value and meaning of an anatomic site, SNOMED CT. */
export function siteCode(site: CancerProtocol['site']): { value: string; meaning: string } {
  const [value = '', meaning = ''] = protocols.sites[site];
  return { value, meaning };
}

export interface Study {
  readonly studyInstanceUid: string;
  readonly date: string;
  readonly time: string;
  readonly accession: string;
  readonly studyId: string;
  readonly words: string;
  readonly age: number;
}

/** One series and everything its objects share. */
export interface Series {
  readonly patient: Patient;
  readonly study: Study;
  readonly protocol: SeriesProtocol;
  readonly cancer: CancerProtocol;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly number: number;
  /** Counts the series of the whole run: decides which identifiers are planted and how files are encoded. */
  readonly ordinal: number;
  readonly bodyPart: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly software: string;
  readonly deviceSerial: string;
  readonly transferSyntax: TransferSyntaxName;
  readonly undefinedLengths: boolean;
}

export function scannersOf(modality: Modality): readonly (readonly string[])[] {
  return sites.scanners[modality];
}
