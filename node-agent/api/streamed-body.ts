/** Bodies of any size that are read as they come, and answers to senders that have not sent all of theirs. */
import type { Request, RequestHandler, Response } from 'express';

/** A sender from which nothing comes for this long is let go. */
const IDLE_MS = 120_000;
/** How long, and how much, is still read behind an answer that was given early. */
const LINGER_MS = 3_000;
const LINGER_BYTES = 64 * 1024 * 1024;
/** A body of the ordinary size comes within this, or the connection is closed. */
const ORDINARY_MS = 60_000;

export interface StreamedBody extends AsyncIterableIterator<Buffer> {
  /** Stops reading; the connection stays as it is. */
  return(): Promise<IteratorResult<Buffer>>;
}

/** The body, piece by piece: the sender waits while nobody asks for the next one. */
export function streamedBody(request: Request): StreamedBody {
  request.setTimeout(IDLE_MS, () => request.destroy());
  return request.iterator({ destroyOnReturn: false }) as StreamedBody;
}

/**
 * Sends the answer whose status and header fields are set. Where the body has not come to its end, the rest of it is
 * read for a while and the connection is closed then: closed at once, the answer would be lost with it.
 */
export function sendAnswer(request: Request, response: Response, text: string): void {
  if (!mayStillCome(request)) {
    response.set('content-length', String(Buffer.byteLength(text))).end(text);
    return;
  }
  response.set({ connection: 'close', 'content-length': String(Buffer.byteLength(text)) });
  response.write(text);
  let bytes = 0;
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS).unref();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) end();
  });
  request.once('end', end).once('error', end).once('close', end);
  request.resume();
}

function mayStillCome({ complete, headers, destroyed }: Request): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return hasBody && !complete && !destroyed;
}

/** Requests without a streamed body have little to send, and not for ever. */
export const ordinaryBody: RequestHandler = (request, _response, next) => {
  const timer = setTimeout(() => {
    if (mayStillCome(request)) request.destroy();
  }, ORDINARY_MS).unref();
  request.once('close', () => clearTimeout(timer));
  next();
};
