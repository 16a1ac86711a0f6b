/**
 * The connector to the hub: dials out, waits for questions by long poll, and reports how it is. It
 * never listens. Stopping ends the poll at once.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { DisclosurePolicy } from '../governance/disclosure-policy.ts';
import type { SqliteDatabase } from '../store/database.ts';
import { backOff } from './back-off.ts';
import { BeamClient, POLL_PURPOSE } from './beam-client.ts';
import { beamTask } from './beam-messages.ts';
import { Egress } from './egress.ts';
import { EgressLedger } from './egress-ledger.ts';
import type { Gate } from './gate.ts';
import { HubFault } from './hub-fault.ts';
import { type AuditTrail, TaskDesk } from './task-desk.ts';
import { TaskStore } from './task-store.ts';

export interface HubSettings {
  /** Address of the Beam proxy; empty keeps the connector off. */
  readonly url: string;
  readonly appId: string;
  readonly apiKeyFile: string;
  /** Length of one long poll. */
  readonly waitSeconds: number;
  readonly proxy: string;
  readonly caFile: string;
}

export interface HubConnectorParts {
  readonly database: SqliteDatabase;
  readonly settings: HubSettings;
  readonly gate: Gate;
  readonly policy: DisclosurePolicy;
  readonly audit: AuditTrail;
  /** Sentences without identifiers. */
  readonly log: { info(message: string): void; warn(message: string): void };
  readonly onChanged?: () => void;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly now?: () => Date;
  readonly random?: () => number;
}

export interface HubState {
  readonly configured: boolean;
  readonly url: string | null;
  readonly appId: string | null;
  readonly state: 'off' | 'connecting' | 'polling' | 'failing' | 'stopped';
  readonly sentence: string;
  readonly action: string | null;
  readonly lastContactAt: string | null;
  readonly tasks: number;
  readonly answered: number;
  readonly refused: number;
  readonly waiting: number;
  readonly policy: { readonly threshold: number; readonly rounding: number };
}

type Condition = Pick<HubState, 'state' | 'sentence' | 'action'>;

const OFF: Condition = {
  state: 'off',
  sentence: 'The connector is off: no hub is configured.',
  action: 'Set hub.beam.url, hub.beam.appId and hub.beam.apiKeyFile, then restart the node.',
};
const CONNECTING: Condition = {
  state: 'connecting',
  sentence: 'The first contact with the hub is under way.',
  action: null,
};
const POLLING: Condition = {
  state: 'polling',
  sentence: 'The hub is reached; the node waits for questions.',
  action: null,
};
const STOPPED: Condition = { state: 'stopped', sentence: 'The connector was stopped with the node.', action: null };

const POLLS_KEPT_DAYS = 30;
const DAY_MILLISECONDS = 24 * 3_600_000;
/** The hub lists a task this node has dealt with: do not ask again at once. */
const NOTHING_NEW_MILLISECONDS = 2000;

export class HubConnector {
  readonly #parts: HubConnectorParts;
  readonly #store: TaskStore;
  readonly #ledger: EgressLedger;
  readonly #now: () => Date;
  readonly #random: () => number;
  #condition: Condition = OFF;
  #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #pollsForgottenAt = 0;

  constructor(parts: HubConnectorParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => new Date());
    this.#random = parts.random ?? Math.random;
    this.#store = new TaskStore(parts.database, this.#now);
    this.#ledger = new EgressLedger(parts.database, this.#now);
  }

  /** Starts polling in the background; does nothing without a configured hub. Never throws. */
  start(): void {
    if (this.#parts.settings.url === '' || this.#running) return;
    this.#stopping = new AbortController();
    this.#become(CONNECTING);
    this.#ledger.closeUnfinished();
    this.#store.wake();
    this.#running = this.#connect();
  }

  /** Ends the poll and waits until nothing is under way; tasks stay in the inbox. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#stopping.abort();
    await this.#running;
    this.#running = undefined;
    this.#become(STOPPED);
  }

  state(): HubState {
    const { settings, policy } = this.#parts;
    return {
      configured: settings.url !== '',
      url: settings.url || null,
      appId: settings.appId || null,
      ...this.#condition,
      lastContactAt: this.#ledger.lastAnswerAt(),
      ...this.#store.counts(),
      policy: { threshold: policy.threshold, rounding: policy.rounding },
    };
  }

  /** Questions of the hub, newest first. */
  tasks(page: { offset: number; limit: number }) {
    return this.#store.page(page.offset, page.limit);
  }

  /** Requests that left the node, newest first. */
  egress(page: { offset: number; limit: number }) {
    return this.#ledger.page(page.offset, page.limit);
  }

  async #connect(): Promise<void> {
    let egress: Egress | undefined;
    try {
      const { url, appId, apiKeyFile, proxy, caFile } = this.#parts.settings;
      const { environment } = this.#parts;
      const key = readKey(apiKeyFile);
      egress = new Egress({
        ledger: this.#ledger,
        hubUrl: url,
        proxy,
        caFile,
        ...(environment ? { environment } : {}),
      });
      await this.#poll(new BeamClient(egress, appId, key));
    } catch (error) {
      const action = error instanceof HubFault ? error.action : 'Correct this and restart the node.';
      this.#become({ state: 'stopped', sentence: sentenceOf(error), action });
      this.#parts.log.warn(`The connection to the hub has stopped. ${sentenceOf(error)}`);
    } finally {
      await egress?.close();
    }
  }

  async #poll(beam: BeamClient): Promise<void> {
    const { gate, audit, settings, log } = this.#parts;
    const desk = new TaskDesk({
      beam,
      gate,
      audit,
      store: this.#store,
      appId: settings.appId,
      random: this.#random,
      onChanged: () => this.#parts.onChanged?.(),
      onGateFault: (error) => log.warn(`A question of the hub could not be worked out: ${nameOf(error)}.`),
    });
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await desk.settleDue(signal);
        const tasks = await beam.poll(this.#waitSeconds(), signal);
        failures = 0;
        this.#become(POLLING);
        if (!this.#receive(tasks) && tasks.length > 0) await this.#pause(NOTHING_NEW_MILLISECONDS);
        this.#forgetOldPolls();
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof HubFault && error.permanent) throw error;
        failures += 1;
        this.#become(failing(error));
        await this.#pause(backOff(failures, this.#random));
      }
    }
  }

  /** Takes tasks into the inbox. @returns false when none of them was new */
  #receive(tasks: readonly unknown[]): boolean {
    let fresh = false;
    for (const given of tasks) {
      const { success, data: task } = beamTask.safeParse(given);
      if (!success || !task.to.includes(this.#parts.settings.appId)) {
        this.#parts.log.warn(
          'The hub listed a task that is malformed or not addressed to this node; it was left alone.',
        );
        continue;
      }
      fresh = this.#store.receive(task) || fresh;
    }
    if (fresh) this.#parts.onChanged?.();
    return fresh;
  }

  /** A retry that falls due ends the poll early. */
  #waitSeconds(): number {
    const due = this.#store.untilNextDue();
    const { waitSeconds } = this.#parts.settings;
    return due === undefined ? waitSeconds : Math.max(1, Math.min(waitSeconds, Math.ceil(due / 1000)));
  }

  /** Polls carry nothing out; after a month their rows go, all others stay. */
  #forgetOldPolls(): void {
    const now = this.#now().getTime();
    if (now - this.#pollsForgottenAt < DAY_MILLISECONDS) return;
    this.#pollsForgottenAt = now;
    this.#ledger.forget(POLL_PURPOSE, new Date(now - POLLS_KEPT_DAYS * DAY_MILLISECONDS));
  }

  async #pause(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #become(condition: Condition): void {
    const before = this.#condition;
    this.#condition = condition;
    if (before.state === condition.state && before.sentence === condition.sentence) return;
    if (condition.state !== 'stopped') this.#parts.log.info(`Hub: ${condition.sentence}`);
    this.#parts.onChanged?.();
  }
}

/** The key never stands in a setting, so that it is in no backup of settings and on no screen. */
function readKey(file: string): string {
  let key: string;
  try {
    key = readFileSync(file, 'utf8').trim();
  } catch {
    throw new Error(`The API key file ${file} (hub.beam.apiKeyFile) cannot be read.`);
  }
  if (!/^[\x21-\x7e]{1,512}$/.test(key)) {
    throw new Error(`The API key file ${file} (hub.beam.apiKeyFile) must hold one key and nothing else.`);
  }
  return key;
}

function failing(error: unknown): Condition {
  if (error instanceof HubFault) return { state: 'failing', sentence: error.message, action: error.action };
  return {
    state: 'failing',
    sentence: `A fault of this node interrupts the connection to the hub (${nameOf(error)}).`,
    action: 'Check the free disk space and the log; the node tries again by itself.',
  };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The connector failed.';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown fault';
}
