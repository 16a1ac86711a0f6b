/** The messages of the Samply Beam application API (0.11) as this node reads and writes them. */
import { z } from 'zod';

/** `app.proxy.broker`; only the broker part is a host name. */
const beamId = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9-]+\.[A-Za-z0-9-]+\.[A-Za-z0-9.-]+$/);

/** Metadata name a project and a task type; more than this is not of this API. */
const LARGEST_METADATA = 10_000;

export const beamTask = z.object({
  id: z.guid(),
  from: beamId,
  to: z.array(beamId).min(1).max(1000),
  body: z.string(),
  ttl: z.union([z.string().max(40), z.number()]),
  metadata: z.unknown().refine((given) => (JSON.stringify(given) ?? '').length <= LARGEST_METADATA),
});

export type BeamTask = z.infer<typeof beamTask>;

export interface BeamResult {
  readonly from: string;
  readonly to: readonly string[];
  readonly task: string;
  readonly status: 'claimed' | 'succeeded' | 'tempfailed' | 'permfailed';
  readonly body?: string;
  /** Clear text for the broker: nothing of the site and nothing derived from data. */
  readonly metadata: unknown;
}

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, '': 1000, m: 60_000, h: 3_600_000 };

/** A time to live in milliseconds: `30s`, `2h`, `500ms`; without a unit it is seconds. Undefined where it is none. */
export function parseTtl(ttl: string | number): number | undefined {
  const match = /^(\d{1,12})\s*(ms|s|m|h|)$/.exec(String(ttl).trim());
  const unit = UNIT_MILLISECONDS[match?.[2] ?? ''];
  return match && unit !== undefined ? Number(match[1]) * unit : undefined;
}
