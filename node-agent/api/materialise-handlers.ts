/** Datasets written as files. */
import type { materialiseRoutes } from './contract/materialise.ts';
import type { Handlers } from './handler.ts';
import { problems } from './problem.ts';
import type { ApiServices } from './services.ts';

export function materialiseHandlers({
  materialise,
}: Pick<ApiServices, 'materialise'>): Pick<Handlers, keyof typeof materialiseRoutes> {
  return {
    listMaterialisations: ({ params }) => materialise.standing(params.id),
    startMaterialisation: ({ params, body }, { caller }) => {
      if (!caller.user) throw problems.signInNeeded();
      return materialise.start(params.id, body, caller.user);
    },
    cancelMaterialisation: ({ params }, { caller }) => materialise.cancel(params.id, caller.user?.name ?? 'unknown'),
    getMaterialisationObjections: ({ params }) => materialise.objections(params.id),
  };
}
