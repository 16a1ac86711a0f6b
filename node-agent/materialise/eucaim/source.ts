/** What the tables of a dataset are made of. */
import type { ClinicalRow } from '../../catalogue/clinical/clinical-store.ts';
import type { CommonDataModel } from '../../harmonise/common-data-model.ts';
import type { CellRules } from '../cells/cell-rules.ts';
import type { ShownCells } from '../coarse/shown-cells.ts';
import type { MemberPatient, MemberSeries, MemberStudy } from '../members.ts';
import type { SeriesHeader } from './series-header.ts';

export interface TableSource {
  readonly datasetId: string;
  readonly model: CommonDataModel;
  readonly rules: CellRules;
  /** How coarsely the dataset shows its patients. */
  readonly shown: ShownCells;
  readonly patients: readonly MemberPatient[];
  readonly studies: readonly MemberStudy[];
  readonly series: readonly MemberSeries[];
  /** By series UID; a series whose first object cannot be read has none. */
  readonly headers: ReadonlyMap<string, SeriesHeader>;
  /** Rows of the member patients. */
  readonly clinical: readonly ClinicalRow[];
}

/** Rows of the tables by name, to be added to. */
export type RowsByTable = Map<string, Record<string, string>[]>;
