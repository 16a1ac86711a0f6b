/** An export of the index as a download: an answer of any size, beside the table of routes. */
import { once } from 'node:events';
import type { Request, Response } from 'express';
import { Problem } from './problem.ts';
import { indexExport } from './schemas/search.ts';
import type { ExportPort } from './services.ts';
import { filterOf } from './study-filter.ts';

const TYPES = { csv: 'text/csv; charset=utf-8', parquet: 'application/vnd.apache.parquet' } as const;

/** The head of the answer goes with the first piece, so that a refusal is still an answer of its own. @throws Problem */
export async function sendExport(exports: ExportPort, by: string, request: Request, response: Response): Promise<void> {
  const query = indexExport.safeParse(request.query);
  if (!query.success) {
    const issue = query.error.issues[0];
    throw new Problem(400, 'Not acceptable', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { table, format, ...rest } = query.data;
  const wanted = { table, format, filter: filterOf(rest) };
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await exports(wanted, by, async (piece) => {
    if (gone.signal.aborted) throw new Problem(499, 'Gone', 'The download was broken off.');
    if (!response.headersSent) {
      response
        .status(200)
        .type(TYPES[format])
        .set({
          'cache-control': 'no-store',
          'content-disposition': `attachment; filename="${table}.${format}"`,
        });
    }
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  });
  response.end();
}
