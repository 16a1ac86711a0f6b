/** The form of what answers a route; input and answer types come from the contract. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { RouteName, routes } from './contract.ts';
import type { User } from './users.ts';

type Contract = typeof routes;
type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Part<Name extends RouteName, Key extends 'params' | 'query' | 'body'> = Contract[Name] extends {
  [K in Key]: infer Schema;
}
  ? Parsed<Schema>
  : undefined;

export interface Caller {
  readonly user: User | undefined;
  readonly token: string | undefined;
}

export interface CallContext {
  readonly caller: Caller;
  readonly request: Request;
  readonly response: Response;
}

export interface Input<Name extends RouteName> {
  readonly params: Part<Name, 'params'>;
  readonly query: Part<Name, 'query'>;
  readonly body: Part<Name, 'body'>;
}

/** What the rooms give is read-only; the contract's types are not, and nothing here changes an answer. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

export type Answer<Name extends RouteName> = DeepReadonly<z.input<Contract[Name]['response']>>;

export type Handler<Name extends RouteName> = (
  input: Input<Name>,
  context: CallContext,
) => Promise<Answer<Name>> | Answer<Name>;

export type Handlers = { readonly [Name in RouteName]: Handler<Name> };
