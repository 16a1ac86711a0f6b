/**
 * Services of other rooms below an address of their own: the server asks for the token and writes the answer, the
 * service sees a request as data. The composition root brings them, so that the API knows none of them.
 */
import type { Request, RequestHandler, Response } from 'express';
import { sendAnswer, streamedBody } from './streamed-body.ts';
import type { TokenGate } from './token-gate.ts';
import type { TokenScope } from './tokens.ts';

export interface MountedRequest {
  readonly method: string;
  /** Below the address of the mount, without query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it comes; throws when the sender goes away. */
  readonly body: AsyncIterable<Buffer>;
  readonly tokenName: string;
  readonly remoteAddress: string;
}

export interface MountedReply {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

export interface Mount {
  /** `/dicom-web` */
  readonly path: string;
  readonly scope: TokenScope;
  /** Anybody may read it, without a token. */
  readonly open?: boolean;
  /** Whoever is signed in to the console may read it too. */
  readonly alsoSignedIn?: boolean;
  handle(request: MountedRequest): Promise<MountedReply>;
}

/** Answers what comes below a mount. @throws Problem of the token gate */
export function mounted(
  { scope, open = false, alsoSignedIn = false, handle }: Mount,
  gate: TokenGate,
  signedIn: (request: Request) => string | undefined,
): RequestHandler {
  return async (request: Request, response: Response) => {
    const remoteAddress = request.socket.remoteAddress ?? '';
    const body = streamedBody(request);
    try {
      const reader = open ? 'anybody' : alsoSignedIn ? signedIn(request) : undefined;
      const name = reader ?? gate.admit(request.headers.authorization, scope, remoteAddress).name;
      const { method, path, headers } = request;
      const { authorization: _secret, ...others } = headers;
      const reply = await handle({ method, path, headers: others, body, tokenName: name, remoteAddress });
      response.status(reply.status).type(reply.contentType).set('cache-control', 'no-store');
      for (const [field, value] of Object.entries(reply.headers)) response.set(field, value as string | string[]);
      await body.return();
      sendAnswer(request, response, reply.body);
    } catch (error) {
      await body.return().catch(() => {});
      if (request.destroyed && !request.complete) return; // the sender went away
      throw error;
    }
  };
}
