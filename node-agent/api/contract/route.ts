/** The shape of one row of the HTTP API's table. */
import type { z } from 'zod';
import type * as schema from '../schemas.ts';

export type Access = 'public' | 'viewer' | 'officer' | 'administrator';

export type Topic = Extract<z.infer<typeof schema.event>, { type: 'changed' }>['topic'];

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Express path with `:name` parameters. */
  readonly path: string;
  readonly summary: string;
  /** The least role that may call it; a role includes those below it. */
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Where a body may be larger than others. */
  readonly largestBody?: '2mb' | '12mb';
  readonly response: z.ZodType;
  /** What open consoles have to read again after it. */
  readonly changes?: readonly Topic[];
}
