/** Opt-outs and identifying a patient; the vault itself belongs to the identified zone and comes as a port. */
import type { vaultRoutes } from './contract/vault.ts';
import type { CallContext, Handlers } from './handler.ts';
import { problems } from './problem.ts';
import type { ApiServices } from './services.ts';

type VaultRoutes = keyof typeof vaultRoutes;

export function vaultHandlers({ vault }: Pick<ApiServices, 'vault'>): Pick<Handlers, VaultRoutes> {
  return {
    listOptOuts: () => vault.optOuts(),
    optOut: ({ body }, context) => vault.optOut(body, personOf(context).name),
    listReidentifications: () => vault.reidentifications(),
    requestReidentification: ({ body }, context) => vault.requestReidentification(body, personOf(context)),
    decideReidentification: ({ params, body }, context) =>
      vault.decideReidentification(params.id, body.decision, personOf(context)),
    showReidentification: ({ params }, context) => vault.showReidentification(params.id, personOf(context)),
  };
}

function personOf({ caller }: CallContext) {
  if (!caller.user) throw problems.signInNeeded();
  return caller.user;
}
