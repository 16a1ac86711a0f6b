/** The HTTP server: the route table on express 5, behind sign-in, strict headers and validation. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { StartUpError } from '../store/errors.ts';
import { serveConsole } from './console.ts';
import { type Access, type Route, type RouteName, routes } from './contract.ts';
import { guarded } from './dataset-handlers.ts';
import { type Download, sendDownload } from './downloads.ts';
import type { EventStream } from './events.ts';
import type { Caller, Handler, Handlers } from './handler.ts';
import { receiveUpload } from './import-upload.ts';
import { sendExport } from './index-export.ts';
import { type Mount, mounted } from './mounts.ts';
import { openApiDocument } from './openapi.ts';
import { Problem, problems, sendProblem } from './problem.ts';
import { contentSecurityPolicy, guardOrigin, securityHeaders } from './security.ts';
import type { ExportPort, ImportPort } from './services.ts';
import { SESSION_COOKIE, type Sessions } from './sessions.ts';
import { ordinaryBody } from './streamed-body.ts';
import type { TokenGate } from './token-gate.ts';
import type { User, Users } from './users.ts';

export interface ApiOptions {
  readonly host: string;
  readonly port: number;
  readonly version: string;
  /** The built console; undefined serves the API alone. */
  readonly consoleFolder?: string | undefined;
  readonly handlers: Handlers;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly events: EventStream;
  readonly metrics: () => { contentType: string; text: string };
  /** A PNG of a series, or undefined where no preview can be made. */
  readonly thumbnail: (seriesUid: string) => Promise<Buffer | undefined>;
  /** The DICOM Conformance Statement as a page. @param styleNonce for its style sheet */
  readonly conformanceStatement: (styleNonce: string) => string;
  /** The report of a dataset as a page. @throws DatasetError */
  readonly datasetReport: (id: string, user: User, styleNonce: string) => string;
  readonly tokenGate: TokenGate;
  readonly imports: Pick<ImportPort, 'upload'>;
  readonly exportIndex: ExportPort;
  /** Services of other rooms; programs call them with a token. */
  readonly mounts: readonly Mount[];
  readonly downloads?: readonly Download[];
  readonly ready: () => boolean;
  /** Told of faults of the node itself, never of a caller's mistakes. */
  readonly onFault: (fault: { method: string; route: string; reason: string }) => void;
}

const LARGEST_BODY = '256kb';
const RANK: Record<Access, number> = { public: 0, viewer: 1, officer: 2, administrator: 3 };

export class ApiServer {
  readonly #options: ApiOptions;
  readonly #server: Server;

  constructor(options: ApiOptions) {
    this.#options = options;
    // What has a large body may take hours; every other body has its own limit (`ordinaryBody`).
    this.#server = createServer({ requestTimeout: 0 }, this.#application());
  }

  /** Starts listening. @throws StartUpError when the port is taken or may not be used */
  async start(): Promise<{ port: number; url: string }> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(describeListenFailure(error, host, port)));
      this.#server.listen(port, host, resolve);
    });
    const actual = (this.#server.address() as AddressInfo).port;
    return { port: actual, url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/` };
  }

  async stop(): Promise<void> {
    this.#options.events.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #application(): Express {
    const { host, version, consoleFolder, events, metrics, ready, mounts, tokenGate } = this.#options;
    const application = express();
    application.disable('x-powered-by');
    application.set('query parser', 'simple');
    application.use(securityHeaders, guardOrigin(host));
    application.get('/health', (_request, response) => {
      response.status(ready() ? 200 : 503).json({ ready: ready(), version });
    });
    application.get('/metrics', (_request, response) => {
      const { contentType, text } = metrics();
      response.type(contentType).send(text);
    });
    const document = openApiDocument(version);
    application.get('/api/v1/openapi.json', (_request, response) => void response.json(document));
    application.get('/api/v1/events', (request, response) => {
      const { token } = this.#callerOf(request, 'viewer');
      events.connect(response, () => token !== undefined && this.#options.sessions.userOf(token) !== undefined);
    });
    application.get('/api/v1/series/:id/thumbnail', (request, response) => this.#sendThumbnail(request, response));
    for (const mount of mounts) {
      application.use(
        mount.path,
        mounted(mount, tokenGate, (request) => this.#userOf(request).user?.name),
      );
    }
    application.post('/api/v1/imports/upload', async (request, response) => {
      const { user } = this.#callerOf(request, 'administrator');
      await receiveUpload(this.#options.imports, user?.name ?? 'unknown', request, response);
      events.changed('imports');
    });
    application.get('/api/v1/conformance-statement', (request, response) => {
      this.#callerOf(request, 'viewer');
      sendPage(response, this.#options.conformanceStatement);
    });
    application.get('/api/v1/datasets/:id/report/page', (request, response) => {
      const { user } = this.#callerOf(request, 'viewer');
      if (!user) throw problems.signInNeeded();
      sendPage(response, (nonce) => guarded(() => this.#options.datasetReport(request.params.id, user, nonce)));
    });
    for (const download of this.#options.downloads ?? []) {
      application.get(`/api/v1${download.path}`, (request, response) => {
        this.#callerOf(request, download.access);
        return sendDownload(download, request, response);
      });
    }
    application.get('/api/v1/index/export', async (request, response) => {
      const { user } = this.#callerOf(request, 'officer');
      await sendExport(this.#options.exportIndex, user?.name ?? 'unknown', request, response);
    });
    application.use('/api/v1', ordinaryBody);
    for (const { path, largestBody } of Object.values(routes) as Route[]) {
      if (largestBody) application.use(`/api/v1${path}`, express.json({ limit: largestBody, strict: false }));
    }
    application.use('/api/v1', express.json({ limit: LARGEST_BODY, strict: false }));
    for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) this.#add(application, name, route);
    application.use('/api', (_request, _response, next) => next(problems.notFound('such address in the API')));
    if (consoleFolder) serveConsole(application, consoleFolder);
    application.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
      this.#answerError(error, request, response);
    });
    return application;
  }

  #add(application: Express, name: RouteName, route: Route): void {
    const handler = this.#options.handlers[name] as Handler<RouteName>;
    application[route.method](`/api/v1${route.path}`, async (request: Request, response: Response) => {
      const caller = this.#callerOf(request, route.access);
      if (route.body && request.body === undefined) throw problems.notJson();
      const input = {
        params: check(route.params, request.params),
        query: check(route.query, request.query),
        body: check(route.body, request.body),
      } as Parameters<Handler<RouteName>>[0];
      const result = await handler(input, { caller, request, response });
      for (const topic of route.changes ?? []) this.#options.events.changed(topic);
      // Parsing the answer drops whatever the contract does not name, so nothing leaves by accident.
      response.set('cache-control', 'no-store').json(route.response.parse(result));
    });
  }

  async #sendThumbnail(request: Request<{ id: string }>, response: Response): Promise<void> {
    this.#callerOf(request, 'viewer');
    const image = await this.#options.thumbnail(request.params.id);
    if (!image) throw problems.notFound('preview of this series');
    response.type('image/png').set('cache-control', 'private, max-age=3600').send(image);
  }

  #userOf(request: Request): Caller {
    const token = cookieOf(request);
    const name = token && this.#options.sessions.userOf(token);
    return { user: name ? this.#options.users.find(name) : undefined, token };
  }

  #callerOf(request: Request, access: Access): Caller {
    const { user, token } = this.#userOf(request);
    if (access !== 'public') {
      if (!user) throw problems.signInNeeded();
      if (RANK[user.role] < RANK[access]) throw problems.roleNeeded(access);
    }
    return { user, token };
  }

  #answerError(error: unknown, request: Request, response: Response): void {
    if (response.headersSent) {
      response.end();
      return;
    }
    const problem = callersProblem(error);
    if (!problem)
      this.#options.onFault({
        method: request.method,
        route: request.route?.path ?? 'unknown',
        reason: reasonOf(error),
      });
    sendProblem(response, problem ?? NODE_FAULT);
  }
}

const NODE_FAULT = new Problem(
  500,
  'Fault of the node',
  'The node could not do this. The log says more; try again or restart the node.',
);

/** What the caller got wrong; undefined when the fault is the node's. */
function callersProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  const { status, type } = error as { status?: number; type?: string };
  if (type === 'entity.parse.failed') return problems.notJson();
  if (status === 413) {
    const kilobytes = Math.round(((error as { limit?: number }).limit ?? 0) / 1024);
    return new Problem(413, 'Too large', `A request body may have up to ${kilobytes}kb.`);
  }
  if (status === 404) return problems.notFound('file with this address');
  if (status && status >= 400 && status < 500) return new Problem(status, 'Bad request', 'The request is malformed.');
  return undefined;
}

function check(schema: Route['body'], value: unknown): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue?.path.join('.');
  throw new Problem(
    400,
    'Not acceptable',
    `${place ? `${place}: ` : ''}${issue?.message ?? 'The request does not have the right form.'}`,
  );
}

function cookieOf(request: Request): string | undefined {
  const pair = (request.headers.cookie ?? '').split(/;\s*/).find((text) => text.startsWith(`${SESSION_COOKIE}=`));
  return pair?.slice(SESSION_COOKIE.length + 1);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function describeListenFailure(error: NodeJS.ErrnoException, host: string, port: number): StartUpError {
  const elsewhere = 'Stop the program that uses it, or choose another with --set http.port=PORT (0 picks a free one).';
  if (error.code === 'EADDRINUSE') return new StartUpError(`Port ${port} for the console is in use. ${elsewhere}`);
  if (error.code === 'EACCES') return new StartUpError(`Port ${port} may not be used by this user. ${elsewhere}`);
  return new StartUpError(
    `The console cannot listen on ${host}:${port} (${error.code ?? error.message}). Check http.host and http.port.`,
  );
}

/** A page with a style of its own, which the content security policy of the console would not let in. */
function sendPage(response: Response, page: (styleNonce: string) => string): void {
  const nonce = randomBytes(16).toString('base64');
  const html = page(nonce);
  response
    .set('content-security-policy', contentSecurityPolicy(nonce))
    .set('cache-control', 'no-store')
    .type('html')
    .send(html);
}
