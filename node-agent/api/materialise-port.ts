/** Datasets written as files, as the API needs them. */
import type { z } from 'zod';
import type { Person } from '../governance/transitions.ts';
import type * as schema from './schemas/materialise.ts';

type Schema = typeof schema;

export interface MaterialisePort {
  standing(datasetId: string): z.input<Schema['materialiseStanding']>;
  objections(id: string): z.input<Schema['materialiseObjections']>;
  /** @throws Problem with what is against it */
  start(
    datasetId: string,
    request: z.output<Schema['materialiseRequest']>,
    person: Person,
  ): z.input<Schema['materialisation']>;
  /** @throws Problem when there is no such materialisation */
  cancel(id: string, by: string): z.input<Schema['materialisation']>;
}
