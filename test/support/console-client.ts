/** A signed-in caller of the HTTP API, typed by the contract, as a script of a site would be. */
import type { z } from 'zod';
import { type Route, type RouteName, routes } from '../../node-agent/api/contract.ts';

type Contract = typeof routes;

export interface CallInput {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string | number>;
  readonly body?: unknown;
}

/** An answer other than 2xx: the problem details of the node. */
export class CallError extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, detail: string) {
    super(detail);
    this.status = status;
    this.title = title;
  }
}

export class ConsoleClient {
  readonly #url: string;
  #cookie = '';

  constructor(httpUrl: string) {
    this.#url = httpUrl;
  }

  async call<Name extends RouteName>(name: Name, input: CallInput = {}): Promise<z.output<Contract[Name]['response']>> {
    const route: Route = routes[name];
    const path = route.path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(input.params?.[key] ?? ''));
    const url = new URL(`api/v1${path}`, this.#url);
    for (const [key, value] of Object.entries(input.query ?? {})) url.searchParams.set(key, String(value));
    const response = await fetch(url, {
      method: route.method.toUpperCase(),
      headers: { cookie: this.#cookie, ...(input.body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
    });
    const cookie = response.headers.get('set-cookie');
    if (cookie) this.#cookie = cookie.split(';')[0] ?? '';
    const answer = (await response.json()) as { title?: string; detail?: string };
    if (!response.ok) throw new CallError(response.status, answer.title ?? '', answer.detail ?? '');
    return route.response.parse(answer) as z.output<Contract[Name]['response']>;
  }

  async signIn(name: string, password: string): Promise<this> {
    await this.call('signIn', { body: { name, password } });
    return this;
  }
}
