/** Exports of the index, each entered in the audit log. */
import { type ExportRequest, exportIndex } from '../catalogue/export/index-export.ts';
import type { Foundation } from './foundation.ts';

/**
 * The log says who took which table out by which kinds of filter, before the first row leaves, and how many rows it was.
 * Texts that were searched for stay out of it: a name may be in them.
 */
export function buildExportPort({ indexDatabase, audit }: Pick<Foundation, 'indexDatabase' | 'audit'>) {
  return async (request: ExportRequest, by: string, write: (piece: Buffer) => Promise<void>): Promise<number> => {
    const { table, format, filter } = request;
    const asked = Object.keys(filter).sort().join(', ') || 'nothing, all of it';
    audit.record({
      actor: by,
      action: 'index.export-begun',
      subject: table,
      detail: `${format}; filtered by ${asked}`,
    });
    try {
      const rows = await exportIndex(indexDatabase, request, write);
      audit.record({ actor: by, action: 'index.exported', subject: table, detail: `${rows} rows` });
      return rows;
    } catch (error) {
      audit.record({ actor: by, action: 'index.export-broken-off', subject: table });
      throw error;
    }
  };
}
