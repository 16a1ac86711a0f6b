/** Rows of the API's table: the right to object, and identifying a patient by two persons. */
import { z } from 'zod';
import * as schema from '../schemas/vault.ts';
import type { Route } from './route.ts';

const identified = z.object({ id: z.string().min(1).max(64) });

export const vaultRoutes = {
  listOptOuts: {
    method: 'get',
    path: '/vault/opt-outs',
    access: 'officer',
    response: z.array(schema.optOut),
    summary: 'Patients who objected, as tombstones without identifiers',
  },
  optOut: {
    method: 'post',
    path: '/vault/opt-outs',
    access: 'officer',
    body: schema.optOutRequest,
    response: schema.optOut,
    changes: ['vault'],
    summary: 'Withdraws everything of a patient who objects, and takes nothing of the patient from now on',
  },
  listReidentifications: {
    method: 'get',
    path: '/vault/reidentifications',
    access: 'viewer',
    response: z.array(schema.reidentification),
    summary: 'Requests to identify a patient, newest first',
  },
  requestReidentification: {
    method: 'post',
    path: '/vault/reidentifications',
    access: 'viewer',
    body: schema.reidentificationRequest,
    response: schema.reidentification,
    changes: ['vault'],
    summary: 'Asks, with a reason, who a pseudonym stands for',
  },
  decideReidentification: {
    method: 'post',
    path: '/vault/reidentifications/:id/decision',
    access: 'officer',
    params: identified,
    body: schema.reidentificationDecision,
    response: schema.reidentification,
    changes: ['vault'],
    summary: 'Grants or refuses a request; takes another person than the one who asked',
  },
  showReidentification: {
    method: 'post',
    path: '/vault/reidentifications/:id/answer',
    access: 'viewer',
    params: identified,
    response: schema.identity,
    changes: ['vault'],
    summary: 'Shows the answer to a granted request, once, to who asked or granted',
  },
} as const satisfies Record<string, Route>;
