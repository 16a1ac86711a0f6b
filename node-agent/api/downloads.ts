/** Files that people save: other than the answers of the contract they are not JSON. The composition root brings them. */
import type { Request, Response } from 'express';
import type { Access } from './contract/route.ts';

export interface Download {
  /** Below `/api/v1`, Express path with `:name` parameters. */
  readonly path: string;
  readonly access: Exclude<Access, 'public'>;
  /** @throws Problem */
  file(params: Readonly<Record<string, string | undefined>>): Promise<DownloadedFile>;
}

export interface DownloadedFile {
  /** Letters, digits, dots and hyphens; never of a patient. */
  readonly name: string;
  readonly mediaType: string;
  readonly content: Buffer;
}

export async function sendDownload(download: Download, request: Request, response: Response): Promise<void> {
  const { name, mediaType, content } = await download.file(request.params as Record<string, string>);
  response
    .set('cache-control', 'no-store')
    .set('content-disposition', `attachment; filename="${name.replaceAll(/[^\w.-]/gu, '_')}"`)
    .type(mediaType)
    .send(content);
}
