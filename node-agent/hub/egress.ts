/**
 * The one door out: the only module of the node that opens a connection to a host that is not a
 * configured PACS. It contacts the configured hub and no other host, follows no redirect, and every
 * request stands in the egress ledger before it leaves.
 */
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { Agent, Client, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import type { EgressLedger } from './egress-ledger.ts';
import { HubFault, type HubFaultKind } from './hub-fault.ts';
import { codesOf, concernsHost, kindOfTransportError } from './transport-error.ts';

export interface EgressOptions {
  readonly ledger: EgressLedger;
  /** The only address that may be contacted; a base path may follow the host. */
  readonly hubUrl: string;
  /** Forward proxy; empty takes the proxy variables of the environment, if any. NO_PROXY counts for both. */
  readonly proxy?: string;
  /** Extra certificate authorities, PEM. */
  readonly caFile?: string;
  /** Largest answer in bytes. */
  readonly largestAnswer?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface EgressRequest {
  readonly method: 'GET' | 'PUT';
  /** Path below the hub's address, starting with a slash, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly purpose: string;
  readonly timeLimitMilliseconds: number;
  readonly signal: AbortSignal;
}

export interface EgressAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const LARGEST_ANSWER = 32 * 1024 * 1024;
const CONNECT_TIMEOUT_MILLISECONDS = 10_000;
/** Query parameters of the Beam API that say nothing secret; values of others are not written down. */
const LEDGER_PARAMETERS: ReadonlySet<string> = new Set(['filter', 'wait_count', 'wait_time']);

export class Egress {
  readonly #options: EgressOptions;
  readonly #hub: URL;
  readonly #proxy: URL | undefined;
  readonly #dispatcher: Dispatcher;

  /** @throws Error with a sentence when the extra certificate authorities cannot be read */
  constructor(options: EgressOptions) {
    this.#options = options;
    this.#hub = new URL(options.hubUrl);
    this.#proxy = proxyFor(this.#hub, options);
    this.#dispatcher = dispatcherFor(this.#hub, options);
  }

  get host(): string {
    return this.#hub.host;
  }

  /**
   * Sends one request and reads the whole answer, whatever its status.
   * @throws HubFault when no answer came, or none that this node takes
   */
  async request(given: EgressRequest): Promise<EgressAnswer> {
    const url = this.#permitted(given.path);
    const body = given.body === undefined ? undefined : Buffer.from(given.body, 'utf8');
    const { method, purpose } = given;
    const id = this.#options.ledger.begin({ method, host: url.host, path: ledgerPath(url), purpose, body });
    const started = performance.now();
    const finish = (status: number | null, error: string | null) =>
      this.#options.ledger.end(id, { status, milliseconds: performance.now() - started, error });
    let status: number | null = null;
    try {
      const answer = await this.#send(url, given, body, (code) => {
        status = code;
      });
      finish(answer.status, null);
      return answer;
    } catch (error) {
      const fault = await this.#faultOf(error, given.signal);
      finish(status, fault.message);
      throw fault;
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  /** @throws HubFault `not-on-the-list` for any other host */
  #permitted(path: string): URL {
    const base = this.#hub.pathname.replace(/\/$/, '');
    const url = new URL(base + path, this.#hub.origin);
    if (path.startsWith('/') && url.origin === this.#hub.origin && url.pathname.startsWith(base)) return url;
    throw new HubFault('not-on-the-list', { hub: this.#hub.host });
  }

  async #send(
    url: URL,
    { method, headers, timeLimitMilliseconds, signal }: EgressRequest,
    body: Buffer | undefined,
    onStatus: (status: number) => void,
  ): Promise<EgressAnswer> {
    const response = await request(url, {
      method,
      headers: { ...headers },
      body: body ?? null,
      dispatcher: this.#dispatcher,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeLimitMilliseconds)]),
      headersTimeout: timeLimitMilliseconds,
      bodyTimeout: timeLimitMilliseconds,
    });
    onStatus(response.statusCode);
    const contentType = String(response.headers['content-type'] ?? '');
    return { status: response.statusCode, contentType, body: await this.#read(response.body) };
  }

  async #read(stream: AsyncIterable<Buffer>): Promise<string> {
    const limit = this.#options.largestAnswer ?? LARGEST_ANSWER;
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream) {
      bytes += chunk.byteLength;
      if (bytes > limit) throw new HubFault('too-large', { hub: this.#hub.host });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  async #faultOf(error: unknown, signal: AbortSignal): Promise<HubFault> {
    if (error instanceof HubFault) return error;
    const kind = signal.aborted ? 'stopped' : await this.#kindOf(error);
    const detail = kind === 'other' ? codesOf(error).join(', ') : undefined;
    return new HubFault(kind, { hub: this.#hub.host, proxy: this.#proxy?.host, detail });
  }

  async #kindOf(error: unknown): Promise<HubFaultKind> {
    const { name, message } = error as Error;
    if (name === 'TimeoutError') return 'timeout';
    // undici says what a proxy answered to CONNECT only in the message
    const proxyStatus = /Proxy response \((\d+)\)|\((407)\)/.exec(message);
    if (this.#proxy && proxyStatus) {
      return (proxyStatus[1] ?? proxyStatus[2]) === '407' ? this.#signInOf(this.#proxy) : 'proxy-denied';
    }
    const kind = kindOfTransportError(error);
    return this.#proxy && concernsHost(error, this.#proxy) ? 'proxy-unreachable' : kind;
  }

  /** Asks the proxy once more how it wants to be signed in to, which the failed request did not tell. */
  async #signInOf(proxy: URL): Promise<HubFaultKind> {
    const target = `${this.#hub.hostname}:${this.#hub.port || (this.#hub.protocol === 'https:' ? 443 : 80)}`;
    const { ledger } = this.#options;
    const departure = {
      method: 'CONNECT',
      host: proxy.host,
      path: target,
      purpose: 'proxy diagnosis',
      body: undefined,
    };
    const id = ledger.begin(departure);
    const started = performance.now();
    const client = new Client(proxy.origin, { connect: { timeout: CONNECT_TIMEOUT_MILLISECONDS } });
    try {
      const answer = await client.connect({ path: target, signal: AbortSignal.timeout(CONNECT_TIMEOUT_MILLISECONDS) });
      answer.socket.on('error', () => {}).destroy();
      ledger.end(id, { status: answer.statusCode, milliseconds: performance.now() - started, error: null });
      const offered = String(answer.headers['proxy-authenticate'] ?? '').toLowerCase();
      return /ntlm|negotiate|kerberos/.test(offered) && !offered.includes('basic')
        ? 'proxy-auth-ntlm'
        : 'proxy-auth-basic';
    } catch {
      ledger.end(id, { status: null, milliseconds: performance.now() - started, error: 'The proxy gave no answer.' });
      return 'proxy-auth-basic';
    } finally {
      await client.destroy();
    }
  }
}

/** The Beam proxy normally runs on the same computer, which is never behind a forward proxy. */
function isLoopback(url: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}

function dispatcherFor(hub: URL, options: EgressOptions): Dispatcher {
  const ca = trustedAuthorities(options.caFile);
  const connect = { timeout: CONNECT_TIMEOUT_MILLISECONDS, ...(ca ? { ca } : {}) };
  const proxy = proxyFor(hub, options)?.href;
  if (!proxy) return new Agent({ connect });
  return new EnvHttpProxyAgent({
    connect,
    httpProxy: proxy,
    httpsProxy: proxy,
    noProxy: environmentValue(options, 'NO_PROXY') ?? '',
    connectTimeout: CONNECT_TIMEOUT_MILLISECONDS,
    ...(ca ? { requestTls: { ca }, proxyTls: { ca } } : {}),
  });
}

/** The proxy a connection to the hub goes through; NO_PROXY is left to undici. */
function proxyFor(hub: URL, options: EgressOptions): URL | undefined {
  if (options.proxy) return new URL(options.proxy);
  if (isLoopback(hub)) return undefined;
  const variable = hub.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const found = environmentValue(options, variable);
  return found && URL.canParse(found) ? new URL(found) : undefined;
}

function environmentValue({ environment = process.env }: EgressOptions, name: string): string | undefined {
  return environment[name] || environment[name.toLowerCase()] || undefined;
}

function trustedAuthorities(file: string | undefined): string[] | undefined {
  if (!file) return undefined;
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch {
    throw new Error(
      `The file of hub.caFile (${file}) cannot be read. Check its path and that the service user may read it.`,
    );
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Error(`The file of hub.caFile (${file}) holds no PEM certificate. Convert the authority to PEM.`);
  }
  return [...getCACertificates('default'), pem];
}

function ledgerPath(url: URL): string {
  const parameters = [...url.searchParams].map(
    ([name, value]) => `${name}=${LEDGER_PARAMETERS.has(name) ? value : '…'}`,
  );
  return parameters.length > 0 ? `${url.pathname}?${parameters.join('&')}` : url.pathname;
}
