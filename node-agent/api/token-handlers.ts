/** The tokens of programs, for administrators. */
import type { tokenRoutes } from './contract/tokens.ts';
import type { Handlers } from './handler.ts';
import { Problem, problems } from './problem.ts';
import type { ApiServices } from './services.ts';
import { TokenError } from './tokens.ts';

export function tokenHandlers({ tokens }: Pick<ApiServices, 'tokens'>): Pick<Handlers, keyof typeof tokenRoutes> {
  return {
    listTokens: () => tokens.list(),
    addToken: ({ body }, { caller }) => {
      try {
        return tokens.add(body, caller.user?.name ?? 'unknown');
      } catch (error) {
        if (error instanceof TokenError) throw new Problem(409, 'Token not made', error.message);
        throw error;
      }
    },
    revokeToken: ({ params }, { caller }) => {
      if (!tokens.revoke(params.id, caller.user?.name ?? 'unknown')) throw problems.notFound('token that holds');
      return tokens.list();
    },
  };
}
