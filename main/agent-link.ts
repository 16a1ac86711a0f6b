/**
 * Starts the agent as a process of its own, or attaches to one that already works on the data
 * folder. The agent is the appliance and outlives the window; the window is a view of it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface AgentAddress {
  readonly httpUrl: string;
  /** True when this window started the agent and so stops it at the end. */
  readonly owned: boolean;
}

/** The little of a child process that is needed here. */
export interface AgentProcess {
  readonly stdout: Readable;
  readonly stderr: Readable;
  kill(signal: 'SIGTERM'): boolean;
  once(event: 'exit', listener: (code: number | null) => void): unknown;
}

export interface AgentLinkOptions {
  readonly dataFolder: string;
  /** Starts `gatehouse serve` on the data folder. */
  readonly spawnAgent: () => AgentProcess;
  /** True when the address answers as a Gatehouse node. */
  readonly isAlive: (httpUrl: string) => Promise<boolean>;
}

export class AgentLink {
  readonly #options: AgentLinkOptions;
  #process: AgentProcess | undefined;

  constructor(options: AgentLinkOptions) {
    this.#options = options;
  }

  /** @throws Error with the agent's own sentence when it cannot start */
  async open(): Promise<AgentAddress> {
    const running = this.#runningAddress();
    if (running && (await this.#options.isAlive(running))) return { httpUrl: running, owned: false };
    this.#process = this.#options.spawnAgent();
    return { httpUrl: await firstAddress(this.#process), owned: true };
  }

  /** Asks an agent this window started to stop, and waits until it has. */
  async close(): Promise<void> {
    const agent = this.#process;
    if (!agent) return;
    const ended = new Promise<void>((resolve) => agent.once('exit', () => resolve()));
    if (agent.kill('SIGTERM')) await ended;
  }

  #runningAddress(): string | undefined {
    try {
      const { httpUrl } = JSON.parse(readFileSync(join(this.#options.dataFolder, 'run.json'), 'utf8')) as {
        httpUrl?: unknown;
      };
      return typeof httpUrl === 'string' ? httpUrl : undefined;
    } catch {
      return undefined; // no agent has announced itself here
    }
  }
}

/** Reads lines until the one in which the agent says that it is ready. */
function firstAddress(agent: AgentProcess): Promise<string> {
  const complaints: string[] = [];
  createInterface({ input: agent.stderr }).on('line', (line) => complaints.push(line));
  return new Promise((resolve, reject) => {
    createInterface({ input: agent.stdout }).on('line', (line) => {
      const address = readyAddress(line);
      if (address) resolve(address);
    });
    agent.once('exit', (code) => {
      reject(
        new Error(
          complaints.at(-1) ?? `The agent ended with code ${code} before it was ready. The logs folder says more.`,
        ),
      );
    });
  });
}

function readyAddress(line: string): string | undefined {
  try {
    const message = JSON.parse(line) as { ready?: unknown; httpUrl?: unknown };
    return message.ready === true && typeof message.httpUrl === 'string' ? message.httpUrl : undefined;
  } catch {
    return undefined;
  }
}
