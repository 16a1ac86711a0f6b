/** Ways in which a hub can go wrong, on request. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Call = 'poll' | 'claim' | 'answer';

export interface Misbehaviour {
  readonly on: Call;
  /** `wrong-type`: right JSON, labelled HTML. `endless`: more bytes than anyone takes. A number is a status. */
  readonly how:
    | 'web-page'
    | 'not-json'
    | 'not-a-list'
    | 'wrong-type'
    | 'hang'
    | 'cut'
    | 'cut-body'
    | 'endless'
    | number;
  /** How many calls; without it until told otherwise. */
  readonly times?: number;
}

const WEB_PAGE = '<!doctype html><title>Sign in</title><p>Please sign in to the portal.';

export function misbehave(how: Misbehaviour['how'], request: IncomingMessage, response: ServerResponse): void {
  switch (how) {
    case 'web-page':
      response.writeHead(200, { 'content-type': 'text/html' }).end(WEB_PAGE);
      return;
    case 'not-json':
      response.writeHead(200, { 'content-type': 'application/json' }).end('[{"id": ');
      return;
    case 'not-a-list':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"tasks": []}');
      return;
    case 'wrong-type':
      response.writeHead(200, { 'content-type': 'text/html' }).end('[]');
      return;
    case 'cut':
      request.socket.destroy();
      return;
    case 'cut-body':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('[', () => request.socket.destroy());
      return;
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' });
      pour(response);
      return;
    case 'hang':
      return;
    default:
      response.writeHead(how, how === 401 ? { 'www-authenticate': 'ApiKey' } : {}).end();
  }
}

function pour(response: ServerResponse): void {
  const block = Buffer.alloc(1024 * 1024, ' ');
  const more = () => {
    while (!response.destroyed && response.write(block));
  };
  response.on('drain', more);
  more();
}
