/** Server-sent events (WHATWG HTML §9.2): tells open consoles what changed. */
import type { Response } from 'express';
import type { z } from 'zod';
import type { Topic } from './contract.ts';
import type { event } from './schemas.ts';

export type ServerEvent = z.infer<typeof event>;

const KEEP_ALIVE_MS = 20_000;
const GATHER_MS = 250;
/** A console that reads nothing is let go; its browser connects again when it wakes up. */
const MOST_UNREAD_BYTES = 64 * 1024;

export class EventStream {
  /** Each with the question whether its session still holds. */
  readonly #listeners = new Map<Response, () => boolean>();
  readonly #changed = new Set<Topic>();
  readonly #counts: () => Extract<ServerEvent, { type: 'counts' }>['counts'];
  #timer: NodeJS.Timeout | undefined;
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(counts: () => Extract<ServerEvent, { type: 'counts' }>['counts']) {
    this.#counts = counts;
  }

  /**
   * Adds a console; it first gets the counts as they are.
   * @param stillAllowed asked before every message; the stream ends when the session has
   */
  connect(response: Response, stillAllowed: () => boolean): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    this.#listeners.set(response, stillAllowed);
    response.on('close', () => this.#listeners.delete(response));
    this.#keepAlive ??= setInterval(() => this.#write(': still here\n\n'), KEEP_ALIVE_MS).unref();
    response.write(frame({ type: 'counts', counts: this.#counts() }));
  }

  /** Notes a change; changes within a quarter of a second travel together. */
  changed(topic: Topic): void {
    if (this.#listeners.size === 0) return;
    this.#changed.add(topic);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#keepAlive);
    for (const response of this.#listeners.keys()) response.end();
    this.#listeners.clear();
  }

  #flush(): void {
    this.#timer = undefined;
    const topics = [...this.#changed];
    this.#changed.clear();
    this.#write(
      frame({ type: 'counts', counts: this.#counts() }) +
        topics.map((topic) => frame({ type: 'changed', topic })).join(''),
    );
  }

  #write(text: string): void {
    for (const [response, stillAllowed] of this.#listeners) {
      if (stillAllowed() && response.writableLength < MOST_UNREAD_BYTES) response.write(text);
      else response.destroy();
    }
  }
}

function frame(content: ServerEvent): string {
  return `event: ${content.type}\ndata: ${JSON.stringify(content)}\n\n`;
}
