/** Writes a dataset as BIDS lays it out, with folders of MIDS for what BIDS does not know: volumes with sidecars, and tables. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecipe } from '../../harmonise/image/recipe.ts';
import type { SeriesRecord, VolumeRecord, WrittenFile } from '../../harmonise/image/series-record.ts';
import type { ShownCells } from '../coarse/shown-cells.ts';
import { MaterialiseError } from '../errors.ts';
import type { ManifestFile } from '../manifest.ts';
import type { Materialisation, Objection } from '../materialisation.ts';
import { DatasetMembers, type MemberSeries } from '../members.ts';
import type { MaterialiseParts } from '../ports.ts';
import type { StagedTree } from '../staged-tree.ts';
import { bidsTables, type Scan } from './bids-tables.ts';
import type { SeriesConverter } from './converter.ts';
import { entitiesOf, kindOf, loadBidsNames, type SeriesCodes } from './names.ts';
import { type Session, sessionsOf } from './subjects.ts';

/** What is kept of a finished series until the tree is: a stop in between costs no conversion twice. */
interface SeriesNote {
  readonly files: readonly ManifestFile[];
  readonly scans: readonly Scan[];
  readonly objections: readonly Objection[];
}

const NOTES = '.series';
const TIMEPOINT = 'imaging_timepoint';

export class BidsWriter {
  readonly #parts: MaterialiseParts;
  readonly #tree: StagedTree;
  readonly #job: Materialisation;
  readonly #converter: SeriesConverter;
  readonly #members: DatasetMembers;
  readonly #shown: ShownCells;
  readonly #names = loadBidsNames();
  readonly #sessions: ReadonlyMap<string, Session>;
  readonly #codes: ReadonlyMap<string, SeriesCodes>;
  /** How many files have a name already, by the name without run. */
  readonly #runs = new Map<string, number>();
  readonly #notes: SeriesNote[] = [];

  constructor(
    parts: MaterialiseParts,
    tree: StagedTree,
    job: Materialisation,
    converter: SeriesConverter,
    shown: ShownCells,
  ) {
    this.#shown = shown;
    this.#parts = parts;
    this.#tree = tree;
    this.#job = job;
    this.#converter = converter;
    this.#members = new DatasetMembers(parts.database);
    const patients = this.#members.patients(job.datasetId);
    const rows = parts.clinical.rowsOf(patients.map(({ patientId }) => patientId));
    const timepoints = rows
      .filter(({ table, cells }) => table === 'image_study' && cells[TIMEPOINT] !== undefined)
      .map(({ cells }) => [cells.study_uid ?? '', cells[TIMEPOINT] ?? ''] as const);
    this.#sessions = sessionsOf(patients, this.#members.studies(job.datasetId), new Map(timepoints));
    this.#codes = this.#members.seriesCodes(job.datasetId);
  }

  /** Makes the volumes of one series. @param thereBefore whether an earlier attempt says that they stand there */
  async writeSeries(series: MemberSeries, index: number, thereBefore: boolean): Promise<void> {
    const note = this.#tree.pathOf(`${NOTES}/${index}.json`);
    const before = thereBefore ? await this.#noteOf(note) : undefined;
    const done = before ?? (await this.#convert(series));
    if (before === undefined) {
      await mkdir(this.#tree.pathOf(NOTES), { recursive: true, mode: 0o700 });
      await writeFile(note, JSON.stringify(done), { mode: 0o600 });
    } else for (const { filename } of before.scans) this.#countRun(filename);
    for (const file of done.files) {
      await this.#tree.makeFolder(file.path.slice(0, file.path.lastIndexOf('/')));
      this.#tree.add(file);
    }
    this.#notes.push(done);
  }

  /** Writes the tables and removes what the work needed for itself. @returns what could not become a volume */
  async finish(title: string): Promise<readonly Objection[]> {
    const tables = bidsTables({
      title,
      names: this.#names,
      sessions: [...this.#sessions.values()],
      patients: this.#members.patients(this.#job.datasetId),
      scans: this.#notes.flatMap(({ scans }) => scans),
      generalisation: this.#shown.choices,
      harmonised: this.#recipe().steps.length > 0,
      toolVersion: this.#parts.toolVersion,
    });
    for (const [path, text] of tables) await this.#tree.write(path, text);
    await rm(this.#tree.pathOf(NOTES), { recursive: true, force: true });
    return this.#notes.flatMap(({ objections }) => objections);
  }

  #recipe() {
    return readRecipe(this.#job.recipe ?? { steps: [] });
  }

  async #noteOf(path: string): Promise<SeriesNote | undefined> {
    try {
      const note = JSON.parse(await readFile(path, 'utf8')) as SeriesNote;
      for (const file of note.files)
        if ((await stat(this.#tree.pathOf(file.path))).size !== file.bytes) return undefined;
      return note;
    } catch {
      return undefined; // then it is done again
    }
  }

  async #convert(series: MemberSeries): Promise<SeriesNote> {
    const members = this.#members.files(series.seriesUid);
    // A process that outlives a node that was killed for a second may still write into the old one.
    const folder = this.#tree.pathOf(`.work-${randomUUID()}`);
    await mkdir(folder, { mode: 0o700 });
    try {
      const files = members.map(({ file }) => join(this.#parts.dataFolder, file));
      const answer = await this.#converter.convert({ files, recipe: this.#recipe(), folder, name: 'volume' });
      if (answer.kind === 'failed')
        throw Object.assign(new Error('A series could not be read or written.'), { code: answer.code });
      if (answer.kind === 'refused') return this.#refused(series, [answer]);
      requireMembers(answer.record, new Set(members.map(({ contentHash }) => contentHash)));
      const placed: { files: ManifestFile[]; scan: Scan }[] = [];
      for (const volume of answer.record.volumes) placed.push(await this.#place(volume, series, folder));
      const refused = this.#refused(series, answer.record.refusals);
      return { ...refused, files: placed.flatMap((one) => one.files), scans: placed.map(({ scan }) => scan) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #refused(
    series: MemberSeries,
    refusals: readonly { readonly reason: string; readonly sentence: string }[],
  ): SeriesNote {
    const objections = refusals.map(({ reason, sentence }): Objection => {
      const { patientId, seriesUid: rowKey } = series;
      return { kind: 'not-convertible', table: 'images', column: reason, patientId, rowKey, sentence };
    });
    return { files: [], scans: [], objections };
  }

  async #place(
    volume: VolumeRecord,
    series: MemberSeries,
    from: string,
  ): Promise<{ files: ManifestFile[]; scan: Scan }> {
    const session = this.#sessions.get(series.studyUid);
    if (session === undefined)
      throw new MaterialiseError('changed-file', 'A series of the dataset has no study any more.');
    const { modality, bodyPart, codes } = this.#namedBy(series);
    const kind = kindOf(this.#names, modality, codes);
    const start = [session.subject, session.session, ...entitiesOf(this.#names, kind, codes, bodyPart)].join('_');
    const folder = `${session.subject}/${session.session}/${kind.folder}`;
    // Every file has a run: a name is never given twice, and none depends on what comes later.
    const stem = `${folder}/${start}_run-${this.#countRun(`${folder}/${start}_run-0_${kind.suffix}`)}_${kind.suffix}`;
    await this.#tree.makeFolder(folder);
    const files: ManifestFile[] = [];
    const move = async (file: WrittenFile, extension: string) => {
      const path = `${stem}.${extension}`;
      await rename(join(from, file.name), this.#tree.pathOf(path));
      await chmod(this.#tree.pathOf(path), 0o400);
      files.push({ path, bytes: file.bytes, sha256: file.sha256 });
    };
    await move(volume.nifti, 'nii.gz');
    if (volume.bval) await move(volume.bval, 'bval');
    if (volume.bvec) await move(volume.bvec, 'bvec');
    files.push(await this.#placeSidecar(join(from, volume.sidecar.name), stem));
    const scan = {
      session,
      seriesUid: series.seriesUid,
      filename: `${stem}.nii.gz`,
      bids: kind.bids,
      folder: kind.folder,
      suffix: kind.suffix,
    };
    return { files, scan };
  }

  /** What a name may say of a series. A name without modality has no contrast, tracer or view either. */
  #namedBy({ seriesUid, modality, bodyPart }: MemberSeries) {
    const { choices } = this.#shown;
    const { plane, laterality, ...others } = this.#codes.get(seriesUid) ?? {};
    const showsPart = choices.bodyPart === 'kept';
    const codes: SeriesCodes = {
      plane,
      ...(showsPart ? { laterality } : {}),
      ...(choices.modality === 'kept' ? others : {}),
    };
    return { modality: choices.modality === 'kept' ? modality : null, bodyPart: showsPart ? bodyPart : null, codes };
  }

  /** The sidecar names its volume, which has got another name. */
  async #placeSidecar(from: string, stem: string): Promise<ManifestFile> {
    const sidecar = JSON.parse(await readFile(from, 'utf8')) as { Harmonisation?: { image?: { name: string } } };
    if (sidecar.Harmonisation?.image)
      sidecar.Harmonisation.image.name = `${stem.slice(stem.lastIndexOf('/') + 1)}.nii.gz`;
    const shown = this.#shown.sidecar(sidecar);
    return this.#tree.writeUnlisted(`${stem}.json`, [`${JSON.stringify(shown, null, 2)}\n`]);
  }

  #countRun(filename: string): number {
    const name = filename.replace(/_run-\d+_/u, '_');
    const place = name.replace(/\.nii\.gz$/u, '');
    const run = (this.#runs.get(place) ?? 0) + 1;
    this.#runs.set(place, run);
    return run;
  }
}

/** What a volume was made from are the objects that the dataset's check saw. */
function requireMembers({ volumes }: SeriesRecord, hashes: ReadonlySet<string>): void {
  const changed = volumes.some(({ inputs }) => inputs.some(({ sha256 }) => !hashes.has(sha256)));
  if (!changed) return;
  throw new MaterialiseError(
    'changed-file',
    'An object of the dataset is not what its check saw: its bytes have changed in the archive. Nothing was put in place. Restore the objects folder from a backup, or take a new dataset through the check.',
  );
}
