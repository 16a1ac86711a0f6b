/** Catalogue records and the answers they are made of. */
import type { recordRoutes } from './contract/record.ts';
import type { Handlers } from './handler.ts';
import type { ApiServices } from './services.ts';

export function recordHandlers({ record }: Pick<ApiServices, 'record'>): Pick<Handlers, keyof typeof recordRoutes> {
  const by = (name: string | undefined) => name ?? 'unknown';
  return {
    getRecord: ({ params }) => record.record(params.id),
    getRecordForm: ({ params }) => record.form(params.id),
    saveRecord: ({ params, body }, { caller }) => record.save(params.id, body, by(caller.user?.name)),
    getRecordTable: () => record.table(),
    getSiteRecord: () => record.site(),
    saveSiteRecord: ({ body }, { caller }) => record.saveSite(body, by(caller.user?.name)),
  };
}
