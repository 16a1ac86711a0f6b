import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Egress, type EgressOptions } from '../../node-agent/hub/egress.ts';
import { EgressLedger } from '../../node-agent/hub/egress-ledger.ts';
import { HubFault, type HubFaultKind } from '../../node-agent/hub/hub-fault.ts';
import { SeededIndex } from '../compute/seeded-index.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const CERTIFICATE = join(FIXTURES, 'localhost-certificate.pem');

let index: SeededIndex;
let ledger: EgressLedger;
const closers: (() => Promise<void> | void)[] = [];

beforeEach(() => {
  index = new SeededIndex();
  ledger = new EgressLedger(index.database);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  index.close();
});

function egressTo(hubUrl: string, options: Partial<EgressOptions> = {}): Egress {
  const egress = new Egress({ ledger, hubUrl, environment: {}, ...options });
  closers.push(() => egress.close());
  return egress;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const plainHub = () =>
  listen(createServer((request, response) => response.end(`hub ${request.method} ${request.url}`)));

const get = (egress: Egress, path = '/v1/tasks', limit = 5000) =>
  egress.request({
    method: 'GET',
    path,
    headers: { authorization: 'ApiKey secret' },
    purpose: 'test',
    timeLimitMilliseconds: limit,
    signal: new AbortController().signal,
  });

async function faultOf(attempt: Promise<unknown>): Promise<HubFault> {
  const error = await attempt.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(HubFault);
  return error as HubFault;
}

const rows = () => ledger.page(0, 50).rows;

describe('the one door out', () => {
  it('reaches the configured hub and no other host', async () => {
    const port = await plainHub();
    const egress = egressTo(`http://127.0.0.1:${port}/beam/`);
    expect(await get(egress)).toMatchObject({ status: 200, body: 'hub GET /beam/v1/tasks' });
    for (const path of [
      '//elsewhere.example/v1',
      'http://elsewhere.example/',
      '@elsewhere.example/',
      '/../admin',
      '/%2e%2e/admin',
      '',
    ]) {
      const before = ledger.page(0, 1).total;
      const outcome = await get(egress, path).catch((error: HubFault) => error);
      if (outcome instanceof HubFault) {
        expect(outcome.kind).toBe('not-on-the-list');
        expect(ledger.page(0, 1).total).toBe(before);
      } else {
        expect(outcome.body).toMatch(/^hub GET \/beam\//);
      }
    }
    expect(new Set(rows().map(({ host }) => host))).toEqual(new Set([`127.0.0.1:${port}`]));
  });

  it('follows no redirect', async () => {
    const port = await listen(
      createServer((_, response) => response.writeHead(302, { location: 'http://elsewhere.example/' }).end()),
    );
    expect(await get(egressTo(`http://127.0.0.1:${port}`))).toMatchObject({ status: 302 });
  });

  it('writes a request down before it leaves, without secrets', async () => {
    let seen: unknown;
    const port = await listen(
      createServer((_, response) => {
        seen = rows()[0];
        response.end();
      }),
    );
    await get(egressTo(`http://127.0.0.1:${port}`), '/v1/tasks?filter=todo&token=secret');
    expect(seen).toMatchObject({ path: '/v1/tasks?filter=todo&token=…', status: null, error: null });
    expect(rows()).toMatchObject([{ status: 200, error: null, method: 'GET', purpose: 'test' }]);
    expect(JSON.stringify(rows())).not.toContain('secret');
  });

  it('says that a name cannot be resolved', async () => {
    const fault = await faultOf(get(egressTo('http://no-such-host.invalid:1'), '/', 25_000));
    expect(fault.kind).toBe('dns');
    expect(fault.message).toContain('no-such-host.invalid');
    expect(rows()).toMatchObject([{ status: null, error: fault.message }]);
  });

  it('says that the answer did not come in time', async () => {
    const port = await listen(createServer(() => {}));
    expect((await faultOf(get(egressTo(`http://127.0.0.1:${port}`), '/', 300))).kind).toBe('timeout');
  });

  it('drops an answer that is too large', async () => {
    const port = await listen(createServer((_, response) => response.end('x'.repeat(5000))));
    const fault = await faultOf(get(egressTo(`http://127.0.0.1:${port}`, { largestAnswer: 1000 })));
    expect(fault.kind).toBe('too-large');
    expect(rows()).toMatchObject([{ status: 200, error: fault.message }]);
  });

  it('trusts a private authority only when it is named', async () => {
    const server = createTlsServer(
      { key: readFileSync(join(FIXTURES, 'localhost-key.pem')), cert: readFileSync(CERTIFICATE) },
      (_, response) => response.end('secure'),
    );
    const port = await listen(server as unknown as Server);
    const url = `https://localhost:${port}`;
    const fault = await faultOf(get(egressTo(url)));
    expect(fault.kind).toBe('tls-untrusted');
    expect(fault.action).toContain('hub.caFile');
    expect(await get(egressTo(url, { caFile: CERTIFICATE }))).toMatchObject({ status: 200, body: 'secure' });
  });

  it('says when TLS is spoken to a host that speaks none, and the other way round', async () => {
    const port = await plainHub();
    expect((await faultOf(get(egressTo(`https://127.0.0.1:${port}`)))).kind).toBe('nonsense');
    const talk = createTcpServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await new Promise<void>((resolve) => talk.listen(0, '127.0.0.1', resolve));
    closers.push(() => void talk.close());
    const mail = (talk.address() as AddressInfo).port;
    expect((await faultOf(get(egressTo(`http://127.0.0.1:${mail}`)))).kind).toBe('nonsense');
  });

  it('refuses an authority file that is not there or holds none', () => {
    const empty = join(index.folder, 'empty.pem');
    writeFileSync(empty, 'nothing');
    expect(() => egressTo('https://localhost', { caFile: '/nowhere.pem' })).toThrow(/hub\.caFile.*cannot be read/);
    expect(() => egressTo('https://localhost', { caFile: empty })).toThrow(/holds no PEM certificate/);
  });
});

/** A forward proxy that tunnels, or answers CONNECT and plain requests with a refusal. */
async function proxy(refusal?: { status: number; authenticate?: string }): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const headers = refusal?.authenticate ? { 'proxy-authenticate': refusal.authenticate } : {};
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (refusal) response.writeHead(refusal.status, headers).end();
    else response.end('through the proxy');
  });
  server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    if (refusal) {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${refusal.status} Refused\r\n${lines.join('')}content-length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host === 'hub.test' ? '127.0.0.1' : host, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, seen };
}

describe('a forward proxy', () => {
  it('is used where it is set, with its user and password', async () => {
    const through = await proxy();
    const server = createTlsServer(
      { key: readFileSync(join(FIXTURES, 'localhost-key.pem')), cert: readFileSync(CERTIFICATE) },
      (_, response) => response.end('secure'),
    );
    const port = await listen(server as unknown as Server);
    const withUser = through.url.replace('//', '//user:pass@');
    const egress = egressTo(`https://localhost:${port}`, { proxy: withUser, caFile: CERTIFICATE });
    expect(await get(egress)).toMatchObject({ status: 200, body: 'secure' });
    expect(through.seen).toEqual([`CONNECT localhost:${port} Basic dXNlcjpwYXNz`]);
  });

  it('comes from the environment, unless NO_PROXY or this computer is meant', async () => {
    const through = await proxy();
    const environment = { HTTP_PROXY: through.url, HTTPS_PROXY: through.url, NO_PROXY: 'quiet.test' };
    expect(await get(egressTo('http://hub.test', { environment }))).toMatchObject({ body: 'through the proxy' });
    // not through the proxy, so the name has to be resolved here, which it cannot
    const direct = await faultOf(get(egressTo('http://quiet.test', { environment }), '/', 25_000));
    expect(direct.kind).toBe('dns');
    const port = await plainHub();
    expect((await get(egressTo(`http://127.0.0.1:${port}`, { environment }))).body).toMatch(/^hub/);
    expect(through.seen).toHaveLength(1);
  });

  it.each<[string, { status: number; authenticate?: string }, HubFaultKind]>([
    ['wants a password', { status: 407, authenticate: 'Basic realm="x"' }, 'proxy-auth-basic'],
    ['wants NTLM', { status: 407, authenticate: 'NTLM' }, 'proxy-auth-ntlm'],
    ['wants Kerberos', { status: 407, authenticate: 'Negotiate' }, 'proxy-auth-ntlm'],
    ['denies the host', { status: 403 }, 'proxy-denied'],
  ])('that %s is told apart', async (_, refusal, kind) => {
    const through = await proxy(refusal);
    const fault = await faultOf(get(egressTo('https://hub.test', { proxy: through.url })));
    expect(fault.kind).toBe(kind);
    expect(fault.message).toContain(new URL(through.url).host);
    if (refusal.status === 407) {
      expect(rows()[0]).toMatchObject({ method: 'CONNECT', purpose: 'proxy diagnosis', status: 407 });
    }
  });

  it('that is asked in plain HTTP and wants a password is told apart too', async () => {
    const through = await proxy({ status: 407, authenticate: 'Basic realm="x"' });
    expect((await faultOf(get(egressTo('http://hub.test', { proxy: through.url })))).kind).toBe('proxy-auth-basic');
  });

  it('that is not there is not mistaken for the hub', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const fault = await faultOf(get(egressTo('https://hub.test', { proxy: `http://user:secret@127.0.0.1:${port}` })));
    expect(fault.kind).toBe('proxy-unreachable');
    expect(fault.message).not.toContain('secret');
  });
});
