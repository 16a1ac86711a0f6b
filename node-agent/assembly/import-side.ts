/** What the API sees of imports: of folders on this computer, and of archives that come through the console. */
import { Problem } from '../api/problem.ts';
import type { ImportPort } from '../api/services.ts';
import { objectionToImport } from '../pipeline/import-folder.ts';
import { type ImportUploads, UploadError } from '../pipeline/import-uploads.ts';
import type { Foundation } from './foundation.ts';

export interface ImportPortParts {
  readonly uploads: ImportUploads;
  /** A request was entered or cancelled. */
  readonly onRequested: () => void;
}

const STATUS: Readonly<Record<UploadError['cause'], readonly [status: number, title: string]>> = {
  'too large': [413, 'Too large'],
  'no room': [507, 'No room'],
  'not written': [500, 'Not written'],
  'not a ZIP archive': [415, 'Not a ZIP archive'],
};

export function buildImportPort(
  { folder, audit, importRequests }: Foundation,
  { uploads, onRequested }: ImportPortParts,
): ImportPort {
  const request = (source: string, by: string, action: string) => {
    const run = importRequests.request(source);
    audit.record({ actor: by, action, subject: run.id });
    onRequested();
    return run;
  };
  return {
    list: () => importRequests.list(),
    objection: (source) => objectionToImport(source, folder.root),
    start: (source, by) => request(source, by, 'import.started'),
    upload: async (body, statedBytes, by) => {
      try {
        return await uploads.receive(body, statedBytes, (path) => request(path, by, 'import.uploaded'));
      } catch (error) {
        if (!(error instanceof UploadError)) throw error;
        const [status, title] = STATUS[error.cause];
        throw new Problem(status, title, error.message);
      }
    },
    cancel: (id, by) => {
      const run = importRequests.cancel(id);
      if (run) audit.record({ actor: by, action: 'import.cancelled', subject: id });
      onRequested();
      return run;
    },
  };
}
