import type { Answer } from '../client/call.ts';

/** A pattern of series as the agent lists it. */
export type Pattern = Answer<'listCuration'>['rows'][number];
