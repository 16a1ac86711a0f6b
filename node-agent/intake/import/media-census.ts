/** Compares what the DICOMDIRs of a source list with the files that are there. */
import { fileKey, type ReferencedFile } from './media-directory.ts';

interface Medium {
  /** Key of its folder with a slash behind it; empty for the source itself. */
  readonly folder: string;
  /** Files that have not been seen yet; one may stand in several records. */
  readonly awaited: Map<string, ReferencedFile>;
  readonly listed: ReadonlySet<string>;
}

export class MediaCensus {
  readonly #media: Medium[] = [];

  /** @param directory the path of a DICOMDIR in its source, in components; it comes before the files it lists */
  add(directory: readonly string[], files: readonly ReferencedFile[]): void {
    const folder = fileKey(directory.slice(0, -1));
    const awaited = new Map(files.map((file) => [file.key, file]));
    this.#media.push({ folder: folder === '' ? '' : `${folder}/`, awaited, listed: new Set(awaited.keys()) });
  }

  /**
   * Notes a file that is there.
   * @param path in its source, in components
   * @returns false where it lies on a medium whose DICOMDIR does not list it
   */
  note(path: readonly string[]): boolean {
    if (this.#media.length === 0) return true;
    const key = fileKey(path);
    const around = this.#media.filter(({ folder }) => key.startsWith(folder));
    for (const { folder, awaited } of around) awaited.delete(key.slice(folder.length));
    return around.length === 0 || around.some(({ folder, listed }) => listed.has(key.slice(folder.length)));
  }

  /** Files that are listed and were not noted. */
  missing(): ReferencedFile[] {
    return this.#media.flatMap(({ awaited }) => [...awaited.values()]);
  }
}
