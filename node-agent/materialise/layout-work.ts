/** How the files of each layout are written, one series after another. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Generalisation } from '../catalogue/generalisation/generalisation.ts';
import { BidsWriter } from './bids/bids-writer.ts';
import { SeriesConverter } from './bids/converter.ts';
import { needsCoarseHeaders } from './coarse/coarse-header.ts';
import { Coarsener } from './coarse/coarsener.ts';
import { ShownCells } from './coarse/shown-cells.ts';
import { MaterialiseError } from './errors.ts';
import { EucaimWriter } from './eucaim/eucaim-writer.ts';
import type { DatasetTables } from './eucaim/tables.ts';
import type { Materialisation, Objection, Way } from './materialisation.ts';
import { DatasetMembers, type MemberSeries } from './members.ts';
import { wayTo } from './placing/placement.ts';
import type { MaterialiseParts } from './ports.ts';
import type { StagedTree } from './staged-tree.ts';

export interface LayoutWork {
  /** Null where the objects are not in the tree themselves. */
  readonly way: Way | null;
  /** Whether the objects get coarser headers, because the dataset shows less than they say. */
  readonly coarsens: boolean;
  /** @returns how many objects took space of their own */
  writeSeries(series: MemberSeries, index: number, thereBefore: boolean): Promise<number>;
  /** @returns what is missing, and the tables to compare with what is read back */
  finish(title: string): Promise<{ objections: readonly Objection[]; tables?: DatasetTables }>;
  close(): void;
}

/** @param generalisation how coarsely the dataset shows its patients */
export function layoutWork(
  job: Materialisation,
  parts: MaterialiseParts,
  tree: StagedTree,
  generalisation: Generalisation,
): Promise<LayoutWork> {
  const shown = new ShownCells(generalisation, parts.model);
  return job.layout === 'eucaim' ? eucaimLayout(job, parts, tree, shown) : bidsLayout(job, parts, tree, shown);
}

async function eucaimLayout(
  job: Materialisation,
  parts: MaterialiseParts,
  tree: StagedTree,
  shown: ShownCells,
): Promise<LayoutWork> {
  const coarsener = needsCoarseHeaders(shown.choices) ? new Coarsener(shown.choices) : undefined;
  const way = coarsener ? 'copy' : await chosenWay(job, parts, tree);
  const writer = new EucaimWriter(parts, tree, shown, coarsener);
  return {
    way,
    coarsens: coarsener !== undefined,
    writeSeries: (series, _index, thereBefore) => writer.writeSeries(series, way, thereBefore),
    finish: async () => {
      const tables = await writer.writeTables(job);
      return { objections: tables.objections, tables };
    },
    close: () => coarsener?.stop(),
  };
}

/** Found by trying with the first object. */
async function chosenWay(job: Materialisation, parts: MaterialiseParts, tree: StagedTree): Promise<Way> {
  const members = new DatasetMembers(parts.database);
  const [first] = members.series(job.datasetId);
  const [file] = first === undefined ? [] : members.files(first.seriesUid);
  if (file === undefined)
    throw new MaterialiseError('not-now', 'The dataset has no objects. There is nothing to write.');
  return wayTo(join(parts.dataFolder, file.file), join(tree.root, '.probe'), job.wanted);
}

async function bidsLayout(
  job: Materialisation,
  parts: MaterialiseParts,
  tree: StagedTree,
  shown: ShownCells,
): Promise<LayoutWork> {
  const converter = new SeriesConverter();
  const writer = new BidsWriter(parts, tree, job, converter, shown);
  for (const name of await readdir(tree.root)) {
    if (name.startsWith('.work-')) await rm(join(tree.root, name), { recursive: true, force: true });
  }
  return {
    way: null,
    coarsens: false,
    writeSeries: async (series, index, thereBefore) => {
      await writer.writeSeries(series, index, thereBefore);
      return 0;
    },
    finish: async (title) => ({ objections: await writer.finish(title) }),
    close: () => converter.stop(),
  };
}
