/**
 * A stand-in for the hub: the application API of a Beam proxy over HTTP, strict about what it takes,
 * with a researcher who posts searches and reads the answers. It is not Beam: what it proves is that
 * the node keeps to the documented wire format.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BeamBroker, type Reply, type Result } from './beam-broker.ts';
import { eucaimSearchTask } from './eucaim-search-task.ts';
import { type Call, type Misbehaviour, misbehave } from './misbehaviour.ts';

export const SITE_APP = 'focus.hospital.broker.stand-in';
export const RESEARCHER_APP = 'explorer.central.broker.stand-in';

export interface StandInHubOptions {
  /** Application id → API key; must hold the site and the researcher. */
  readonly apps?: Readonly<Record<string, string>>;
  readonly port?: number;
}

/** A result as the explorer reads it. */
export interface SearchResult {
  readonly from: string;
  readonly status: Result['status'];
  readonly body: string | undefined;
  /** The body decoded; undefined where it is not base64 of JSON. */
  readonly answer: unknown;
}

export interface StandInHub {
  readonly url: string;
  readonly apps: Readonly<Record<string, string>>;
  /** Posts a search as the researcher. @returns the task's id */
  postSearch(ast: unknown, options?: { ttl?: string; to?: string[]; project?: string; lang?: string }): Promise<string>;
  /** Posts any task as the researcher. */
  postTask(task: { body: string; metadata: unknown; ttl?: string; to?: string[]; id?: string }): Promise<string>;
  /** Waits for answers as the researcher. */
  results(taskId: string, options?: { count?: number; waitTime?: string }): Promise<SearchResult[]>;
  /** From now on goes wrong in this way; without one behaves again. */
  misbehave(misbehaviour?: Misbehaviour): void;
  /** Loses all tasks, as a broker that is restarted. */
  forgetAll(): void;
  /** Calls of the site so far. */
  readonly calls: readonly Call[];
  stop(): Promise<void>;
}

export async function startStandInHub(options: StandInHubOptions = {}): Promise<StandInHub> {
  const apps = options.apps ?? { [SITE_APP]: 'site-key', [RESEARCHER_APP]: 'researcher-key' };
  const broker = new BeamBroker();
  const calls: Call[] = [];
  let fault: { how: Misbehaviour['how']; on: Call; left: number } | undefined;

  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', url);
    const body = await readBody(request);
    const app = authenticate(request, apps);
    const call = app === RESEARCHER_APP ? undefined : callOf(request, body);
    if (call) calls.push(call);
    if (fault && call === fault.on && fault.left > 0) {
      fault.left -= 1;
      misbehave(fault.how, request, response);
      return;
    }
    if (address.pathname === '/v1/health') return send(response, { status: 200 });
    if (!app) {
      response.writeHead(401, { 'www-authenticate': 'ApiKey' }).end();
      return;
    }
    const closed = new AbortController();
    response.on('close', () => closed.abort());
    send(response, await route(broker, app, request, address, body, closed.signal));
  }

  const asResearcher = { authorization: `ApiKey ${RESEARCHER_APP} ${apps[RESEARCHER_APP]}` };
  const postTask: StandInHub['postTask'] = async (task) => {
    const { ttl = '60s', to = [SITE_APP], ...rest } = task;
    const message = { from: RESEARCHER_APP, to, ttl, failure_strategy: 'discard', ...rest };
    const answer = await fetch(`${url}/v1/tasks`, {
      method: 'POST',
      headers: { ...asResearcher, 'content-type': 'application/json' },
      body: JSON.stringify(message),
    });
    const id = answer.headers.get('location')?.split('/').at(-1);
    if (answer.status !== 201 || !id)
      throw new Error(`The stand-in hub refused the task with status ${answer.status}.`);
    return id;
  };

  return {
    url,
    apps,
    calls,
    postTask,
    postSearch: (ast, { project, lang, ...rest } = {}) =>
      postTask({ ...eucaimSearchTask(ast, project, lang), ...rest }),
    results: async (taskId, { count = 1, waitTime = '20s' } = {}) => {
      const query = `wait_count=${count}&wait_time=${waitTime}`;
      const answer = await fetch(`${url}/v1/tasks/${taskId}/results?${query}`, { headers: asResearcher });
      if (answer.status !== 200 && answer.status !== 206) return [];
      return ((await answer.json()) as Result[]).map(({ from, status, body }) => ({
        from,
        status,
        body,
        answer: decode(body),
      }));
    },
    misbehave: (given) => {
      fault = given && { on: given.on, how: given.how, left: given.times ?? Number.POSITIVE_INFINITY };
    },
    forgetAll: () => broker.forgetAll(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function route(
  broker: BeamBroker,
  app: string,
  request: IncomingMessage,
  { pathname, searchParams }: URL,
  body: unknown,
  closed: AbortSignal,
): Reply | Promise<Reply> {
  const [, version, tasks, id, results, resultApp, more] = pathname.split('/').map(decodeURIComponent);
  if (version !== 'v1' || tasks !== 'tasks' || more !== undefined) return { status: 404 };
  const shape = `${request.method} ${[id && 'id', results, resultApp && 'app'].filter(Boolean).join('/')}`;
  switch (shape) {
    case 'POST ':
      return broker.post(app, body);
    case 'GET ':
      return broker.list(app, searchParams, closed);
    case 'GET id':
      return Number(searchParams.get('wait_count') ?? 0) > 1 ? { status: 400 } : broker.task(app, id ?? '');
    case 'PUT id/results/app':
      return broker.put(app, id ?? '', resultApp ?? '', body);
    case 'GET id/results':
      return broker.results(app, id ?? '', searchParams, closed);
    default:
      return { status: 405 };
  }
}

function callOf(request: IncomingMessage, body: unknown): Call | undefined {
  if (request.method === 'GET') return 'poll';
  if (request.method !== 'PUT') return undefined;
  return (body as { status?: unknown } | undefined)?.status === 'claimed' ? 'claim' : 'answer';
}

function authenticate(request: IncomingMessage, apps: Readonly<Record<string, string>>): string | undefined {
  const [scheme, app, key] = (request.headers.authorization ?? '').split(' ');
  return scheme === 'ApiKey' && app && key && apps[app] === key ? app : undefined;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body, location }: Reply): void {
  response.writeHead(status, {
    ...(location ? { location } : {}),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function decode(body: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(body ?? '', 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
