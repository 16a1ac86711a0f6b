import { describe, expect, it } from 'vitest';
import { type Access, type Route, routes } from '../../node-agent/api/contract.ts';
import { openApiDocument } from '../../node-agent/api/openapi.ts';
import { apiRig, json, raw } from './rig.ts';

const TABLE = Object.entries(routes) as [string, Route][];
const LOWER: Record<Access, 'viewer' | 'officer' | undefined> = {
  public: undefined,
  viewer: undefined,
  officer: 'viewer',
  administrator: 'officer',
};

function requestFor(route: Route, cookie?: string) {
  const headers = cookie ? { cookie } : {};
  const method = route.method.toUpperCase();
  return route.body ? json(method, {}, headers) : { method, headers };
}

function addressOf(route: Route): string {
  return `/api/v1${route.path.replace(/:\w+/g, 'x')}`;
}

describe('the routes', () => {
  it('answer nobody who is not signed in, but for those that are public', async () => {
    const { url } = await apiRig();
    for (const [name, route] of TABLE.filter(([, { access }]) => access !== 'public')) {
      const answer = await raw(url, addressOf(route), requestFor(route));
      expect([name, answer.status, answer.headers['content-type']]).toEqual([
        name,
        401,
        'application/problem+json; charset=utf-8',
      ]);
    }
  });

  it('answer nobody with a made-up session', async () => {
    const { url } = await apiRig();
    const answer = await raw(url, '/api/v1/studies', { headers: { cookie: `gatehouse_session=${'A'.repeat(43)}` } });
    expect(answer.status).toBe(401);
  });

  it('refuse who has a lower role, and say which role it takes', async () => {
    const rig = await apiRig();
    const cookies = {
      viewer: await rig.cookieOf('vera', 'viewer'),
      officer: await rig.cookieOf('otto', 'officer'),
    };
    let checked = 0;
    for (const [name, route] of TABLE) {
      const lower = LOWER[route.access];
      if (!lower) continue;
      checked += 1;
      const { status, json: problem } = await raw(rig.url, addressOf(route), requestFor(route, cookies[lower]));
      expect([name, status, problem]).toEqual([
        name,
        403,
        expect.objectContaining({ detail: `This needs the role ${route.access}. Ask an administrator.` }),
      ]);
    }
    expect(checked).toBeGreaterThan(5);
  });

  it('let a role do what those below it may do', async () => {
    const rig = await apiRig();
    const cookie = await rig.cookieOf('anna', 'administrator');
    for (const [name, route] of TABLE.filter(([, { method, params }]) => method === 'get' && !params)) {
      const { status } = await raw(rig.url, addressOf(route), { headers: { cookie } });
      expect([name, status]).toEqual([name, 200]);
    }
    expect(rig.faults).toEqual([]);
  });

  it('do as the role says as soon as it changes', async () => {
    const rig = await apiRig();
    const cookie = await rig.cookieOf('anna', 'administrator');
    rig.foundation.indexDatabase.prepare(`UPDATE users SET role = 'viewer'`).run();
    expect((await raw(rig.url, '/api/v1/users', { headers: { cookie } })).status).toBe(403);
    rig.foundation.indexDatabase.prepare('DELETE FROM users').run();
    expect((await raw(rig.url, '/api/v1/studies', { headers: { cookie } })).status).toBe(401);
  });
});

describe('the OpenAPI document', () => {
  type Document = {
    openapi: string;
    info: Record<string, string>;
    paths: Record<string, Record<string, Operation>>;
    components: { securitySchemes: object; schemas: object };
  };
  interface Operation {
    operationId: string;
    responses: Record<string, { description: string }>;
    parameters?: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[];
    security?: object[];
    requestBody?: { content: Record<string, { schema: { required?: string[] } }> };
  }
  const document = openApiDocument('1.2.3') as unknown as Document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

  it('is served by the node', async () => {
    const { url } = await apiRig();
    const { json: served } = await raw(url, '/api/v1/openapi.json');
    expect(served).toMatchObject({ openapi: '3.1.0', info: { title: 'Gatehouse', version: '0.0.0-test' } });
  });

  it('lists every route, and what stands beside the table', () => {
    const listed = new Set(operations.map(({ path, method }) => `${method} ${path}`));
    for (const [, route] of TABLE) {
      expect(listed).toContain(`${route.method} /api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`);
    }
    for (const path of ['/health', '/metrics', '/api/v1/events', '/api/v1/series/{id}/thumbnail']) {
      expect(listed).toContain(`get ${path}`);
    }
  });

  it('gives every operation a name of its own, answers, and its path parameters', () => {
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { path, operation } of operations) {
      expect(Object.values(operation.responses).every(({ description }) => description.length > 0)).toBe(true);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(named);
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });

  it('points only at schemas it has', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name);
  });

  it('asks of a caller only what a caller has to give', () => {
    const draft = document.paths['/api/v1/datasets']?.post?.requestBody?.content['application/json']?.schema;
    expect(draft?.required).toContain('title');
    expect(draft?.required).not.toContain('keywords');
    const parameters = document.paths['/api/v1/studies']?.get?.parameters ?? [];
    expect(parameters.find(({ name }) => name === 'limit')).toMatchObject({
      required: false,
      schema: { type: 'integer', default: 50, maximum: 200 },
    });
  });
});
