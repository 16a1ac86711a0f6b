/** The shapes of a materialisation: a frozen dataset written as files in the layout that its consumers read. */

export const LAYOUTS = ['eucaim', 'bids'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** How the objects of a dataset get into its folder; see `placing/placement.ts`. */
export type Way = 'hard-link' | 'reflink' | 'copy';

export type MaterialisationState = 'queued' | 'running' | 'done' | 'cancelled' | 'failed' | 'stale';

export interface Materialisation {
  readonly id: string;
  readonly datasetId: string;
  readonly layout: Layout;
  /** Absolute; the folder of the dataset lies in it. */
  readonly root: string;
  /** Of the dataset's folder. */
  readonly name: string;
  /** How images are harmonised, for a layout that has NIfTI files. */
  readonly recipe: unknown;
  /** Whether objects may share their bytes with the archive. */
  readonly wanted: 'link' | 'copy';
  readonly state: MaterialisationState;
  /** Of the dataset's check. */
  readonly contentHash: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** How often the work began; more than once where the node was stopped in between. */
  readonly attempts: number;
  readonly placing: boolean;
  readonly series: number;
  readonly seriesDone: number;
  readonly files: number;
  readonly filesDone: number;
  readonly bytes: number;
  readonly bytesDone: number;
  readonly way: Way | null;
  /** Files that took space of their own. */
  readonly copied: number;
  readonly objections: number;
  readonly sentence: string | null;
  /** Whether there is a folder of it, finished or in work. */
  readonly onDisk: boolean;
}

export interface NewMaterialisation {
  readonly datasetId: string;
  readonly layout: Layout;
  readonly root: string;
  readonly recipe?: unknown;
  readonly wanted: 'link' | 'copy';
}

export interface Progress {
  readonly seriesDone: number;
  readonly filesDone: number;
  readonly bytesDone: number;
  readonly copied: number;
}

/** What a table lacks, by name. Nothing is ever made up to fill it. */
export interface Objection {
  readonly kind: 'missing' | 'refused' | 'unreferenced' | 'not-convertible';
  readonly table: string;
  readonly column: string;
  /** Pseudonym; empty where the whole table is meant. */
  readonly patientId: string;
  /** Which row of the table; empty where there is one per patient. */
  readonly rowKey: string;
  readonly sentence: string;
}

/** Objections of one kind about one column, with the first patients by name. */
export interface ObjectionGroup {
  readonly kind: Objection['kind'];
  readonly table: string;
  readonly column: string;
  readonly rows: number;
  readonly patients: string[];
  readonly sentence: string;
}

/** The name of the dataset's folder: its id is how consumers find it below `$DATA_PATH` (`--data_id`). */
export function folderNameOf(datasetId: string, layout: Layout): string {
  return layout === 'eucaim' ? datasetId : `${datasetId}-${layout}`;
}
