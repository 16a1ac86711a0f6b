/**
 * What a Beam broker keeps: tasks and results, in memory, until their time to live ends. Follows the
 * documented application API of Samply Beam 0.11 including its status codes.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const beamId = z.string().regex(/^[A-Za-z0-9-]+\.[A-Za-z0-9-]+\.[A-Za-z0-9.-]+$/);
const duration = z
  .union([z.string().regex(/^\d+(ms|s|m|h)?$/), z.int().nonnegative()])
  .transform((given) => milliseconds(given, 1000));
const newTask = z.object({
  id: z.guid().default(() => randomUUID()),
  from: beamId,
  to: z.array(beamId).min(1),
  body: z.string(),
  ttl: duration,
  failure_strategy: z.union([z.literal('discard'), z.object({ retry: z.unknown() })]),
  metadata: z.unknown(),
});
const newResult = z
  .object({
    from: beamId,
    to: z.array(beamId),
    task: z.guid(),
    status: z.enum(['claimed', 'succeeded', 'tempfailed', 'permfailed']),
    body: z.string().optional(),
    metadata: z.unknown(),
  })
  // the broker's own type has no default for this member
  .refine((result) => 'metadata' in result)
  .refine((result) => result.status === 'claimed' || result.body !== undefined);

export type Result = z.infer<typeof newResult>;

interface Task extends Omit<z.infer<typeof newTask>, 'ttl'> {
  readonly expiresAt: number;
  readonly results: Map<string, Result>;
}

/** A status code with the body to answer; the caller writes it to the wire. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly location?: string;
}

const FINAL_OR_CLAIMED: ReadonlySet<string> = new Set(['claimed', 'succeeded', 'permfailed']);

export class BeamBroker {
  readonly #tasks = new Map<string, Task>();
  readonly #waiting = new Set<() => void>();

  post(app: string, given: unknown): Reply {
    const { success, data: task } = newTask.safeParse(given);
    if (!success) return { status: 400 };
    if (task.from !== app) return { status: 401 };
    if (this.#find(task.id)) return { status: 409 };
    const { ttl, ...kept } = task;
    this.#tasks.set(task.id, { ...kept, expiresAt: Date.now() + ttl, results: new Map() });
    this.#notify();
    return { status: 201, location: `/v1/tasks/${task.id}` };
  }

  task(app: string, id: string): Reply {
    const task = this.#find(id);
    if (!task || (task.from !== app && !task.to.includes(app))) return { status: 404 };
    return { status: 200, body: asSent(task) };
  }

  async list(app: string, query: URLSearchParams, closed: AbortSignal): Promise<Reply> {
    const wanted = listing(app, query);
    if (typeof wanted === 'number') return { status: wanted };
    const find = () => [...this.#tasks.values()].filter((task) => task.expiresAt > Date.now() && wanted(task));
    return this.#wait(query, closed, find, (task) => asSent(task));
  }

  put(app: string, id: string, pathApp: string, given: unknown): Reply {
    const { success, data: result } = newResult.safeParse(given);
    if (!success || result.task !== id || result.from !== pathApp) return { status: 400 };
    if (pathApp !== app) return { status: 401 };
    const task = this.#find(id);
    if (!task) return { status: 404 };
    if (!task.to.includes(app)) return { status: 403 };
    const before = task.results.get(app);
    // a claim that arrives after the answer changes nothing
    if (!(result.status === 'claimed' && before)) task.results.set(app, result);
    this.#notify();
    return { status: before ? 204 : 201 };
  }

  async results(app: string, id: string, query: URLSearchParams, closed: AbortSignal): Promise<Reply> {
    const task = this.#find(id);
    if (!task) return { status: 404 };
    if (task.from !== app) return { status: 403 };
    const all = () => [...task.results.values()];
    const done = (result: Result) => result.status !== 'claimed';
    const reply = await this.#wait(query, closed, all, (result) => result, done);
    return this.#find(id) ? reply : { status: 410 };
  }

  /** Forgets everything, as a broker does that is restarted. */
  forgetAll(): void {
    this.#tasks.clear();
  }

  /** `wait_count` and `wait_time` as documented; `counts` says which entries count towards the first. */
  async #wait<Entry>(
    query: URLSearchParams,
    closed: AbortSignal,
    find: () => Entry[],
    show: (entry: Entry) => unknown,
    counts: (entry: Entry) => boolean = () => true,
  ): Promise<Reply> {
    const count = query.has('wait_count') ? Number(query.get('wait_count')) : undefined;
    const time = query.has('wait_time') ? milliseconds(query.get('wait_time') ?? '', 1) : undefined;
    if ((count !== undefined && !(count >= 0 && count <= 65_535)) || Number.isNaN(time)) return { status: 400 };
    const enough = () => (count === undefined ? time === undefined : find().filter(counts).length >= count);
    const ends = Date.now() + (time ?? 120_000);
    while (!enough() && Date.now() < ends && !closed.aborted) await this.#change(ends - Date.now(), closed);
    if (count !== undefined && time === undefined && !enough()) return { status: 504 };
    const short = count !== undefined && !enough();
    return { status: short ? 206 : 200, body: find().map(show) };
  }

  #change(within: number, closed: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        closed.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, within));
      this.#waiting.add(done);
      closed.addEventListener('abort', done);
    });
  }

  #notify(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #find(id: string): Task | undefined {
    const task = this.#tasks.get(id);
    return task && task.expiresAt > Date.now() ? task : undefined;
  }
}

/** Which tasks a listing asks for, or the status that refuses it. */
function listing(app: string, query: URLSearchParams): ((task: Task) => boolean) | number {
  const filter = query.get('filter');
  const from = query.get('from');
  const to = query.get('to') ?? (filter === 'todo' ? app : null);
  if (filter !== null && filter !== 'todo') return 400;
  if (from === null && to === null) return 400;
  if ((from !== null && from !== app) || (to !== null && to !== app)) return 403;
  // since 0.8 a claimed task is not "todo" any more
  const todo = (task: Task) => !FINAL_OR_CLAIMED.has(task.results.get(app)?.status ?? '');
  return (task) =>
    (from === null || task.from === from) && (to === null || task.to.includes(to)) && (filter === null || todo(task));
}

function asSent({ expiresAt, results: _, ...task }: Task): object {
  return { ...task, ttl: `${Math.max(0, Math.floor((expiresAt - Date.now()) / 1000))}s` };
}

/** @param bare milliseconds that a number without a unit stands for */
function milliseconds(given: string | number, bare: number): number {
  const match = /^(\d+)(ms|s|m|h)?$/.exec(String(given));
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return match ? Number(match[1]) * (match[2] ? (units[match[2]] ?? Number.NaN) : bare) : Number.NaN;
}
