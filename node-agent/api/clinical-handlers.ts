/** Clinical tables: files, mappings and imports. */
import type { clinicalRoutes } from './contract/clinical.ts';
import type { Handlers } from './handler.ts';
import type { ApiServices } from './services.ts';

export function clinicalHandlers({
  clinicalDesk: desk,
}: Pick<ApiServices, 'clinicalDesk'>): Pick<Handlers, keyof typeof clinicalRoutes> {
  const actor = (name: string | undefined) => name ?? 'unknown';
  return {
    getClinical: () => desk.state(),
    listClinicalTargets: () => desk.targets(),
    listClinicalMappings: () => desk.mappings(),
    getClinicalMapping: ({ params }) => desk.mapping(params.name),
    removeClinicalMapping: ({ params }, { caller }) => desk.removeMapping(params.name, actor(caller.user?.name)),
    readClinicalFile: ({ body }) => desk.read(body),
    checkClinicalFile: ({ params, body }) => desk.check(params.id, body),
    importClinicalFile: ({ params, body }, { caller }) => desk.import(params.id, body, actor(caller.user?.name)),
    discardClinicalFile: ({ params }) => {
      desk.discard(params.id);
      return { ok: true };
    },
    withdrawClinicalImport: ({ params }, { caller }) => desk.withdraw(params.id, actor(caller.user?.name)),
  };
}
