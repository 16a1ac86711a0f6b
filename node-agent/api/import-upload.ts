/** A ZIP archive from the console: a body of any size, beside the table of routes. */
import type { Request, Response } from 'express';
import { Problem } from './problem.ts';
import { importRun } from './schemas.ts';
import type { ImportPort } from './services.ts';
import { sendAnswer, streamedBody } from './streamed-body.ts';

/** What a browser calls a ZIP archive. */
const TYPES: readonly string[] = ['application/zip', 'application/x-zip-compressed', 'application/octet-stream'];

/** @throws Problem */
export async function receiveUpload(
  imports: Pick<ImportPort, 'upload'>,
  by: string,
  request: Request,
  response: Response,
): Promise<void> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!TYPES.includes(type)) {
    throw new Problem(415, 'Not a ZIP archive', 'Send the ZIP archive itself as the body, with type application/zip.');
  }
  const length = request.headers['content-length'];
  const body = streamedBody(request);
  try {
    const run = await imports.upload(body, length === undefined ? undefined : Number(length), by);
    await body.return();
    response.set('cache-control', 'no-store').type('application/json');
    sendAnswer(request, response, JSON.stringify(importRun.parse(run)));
  } catch (error) {
    await body.return().catch(() => {});
    if (request.destroyed && !request.complete) return; // the sender went away
    throw error;
  }
}
