import type { Answer } from './call.ts';
import { problemOf, unreachable } from './problem.ts';
import { requestPath } from './request-path.ts';

export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/**
 * Sends a ZIP archive as it lies on the disk of the browser's computer; `fetch` cannot tell how much has gone.
 * Throws ProblemError for every answer but success, and the signal's reason when it is given up.
 */
export function uploadArchive(
  file: File,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<Answer<'startImport'>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', requestPath('/imports/upload'));
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('content-type', 'application/zip');
    request.upload.addEventListener('progress', ({ loaded }) =>
      onProgress({ sentBytes: Math.min(loaded, file.size), totalBytes: file.size }),
    );
    request.addEventListener('load', () => {
      const response = new Response(request.responseText, { status: request.status });
      if (response.ok) resolve(JSON.parse(request.responseText) as Answer<'startImport'>);
      else problemOf(response).then(reject, reject);
    });
    request.addEventListener('error', () => reject(unreachable()));
    request.addEventListener('abort', () => reject(signal.reason));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
