/** Rows of the API's table: tokens of programs. */
import { z } from 'zod';
import * as schema from '../schemas/tokens.ts';
import type { Route } from './route.ts';

export const tokenRoutes = {
  listTokens: {
    method: 'get',
    path: '/tokens',
    access: 'administrator',
    response: z.array(schema.token),
    summary: 'Tokens of programs, without their secrets; revoked ones last',
  },
  addToken: {
    method: 'post',
    path: '/tokens',
    access: 'administrator',
    body: schema.tokenTerms,
    response: schema.newToken,
    summary: 'Makes a token; its text is in this answer alone',
  },
  revokeToken: {
    method: 'delete',
    path: '/tokens/:id',
    access: 'administrator',
    params: z.object({ id: z.string().min(1).max(64) }),
    response: z.array(schema.token),
    summary: 'Revokes a token; acts on the next request',
  },
} as const satisfies Record<string, Route>;
