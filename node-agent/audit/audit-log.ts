/**
 * The audit log: append-only lines of JSON in `audit/audit.jsonl`, each holding the hash of the one
 * before, so that a line changed, removed or put in later breaks the chain from there on. Entries
 * speak of objects, datasets and users, never of patients.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SharedLock } from '../store/shared-lock.ts';
import type { AuditHead, Head } from './audit-head.ts';

export interface AuditEvent {
  /** A user's name, `node` for the node itself, or the application of the hub. */
  readonly actor: string;
  /** What was done, as `noun.verb`: `dataset.released`, `hub.answered`. */
  readonly action: string;
  /** What it was done to: an object, dataset, user or task id. */
  readonly subject: string;
  readonly detail?: string | undefined;
}

export interface AuditEntry {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: string | null;
  /** SHA-256 over the previous entry's hash and this entry's content, hex. */
  readonly hash: string;
}

export interface AuditVerdict {
  readonly intact: boolean;
  readonly entries: number;
  readonly sentence: string;
}

const FILE = 'audit.jsonl';
const LOCK = 'audit.lock';
const GENESIS = '0'.repeat(64);

export class AuditLog {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #lock: SharedLock;
  readonly #head: Pick<AuditHead, 'read' | 'write'>;
  readonly #now: () => Date;
  #listener: (entry: AuditEntry) => void = () => {};
  #size = -1;
  #sequence = 0;
  #hash = GENESIS;

  /** Opens the log of an audit folder for appending; the node and the command line may both have it open. */
  constructor(folder: string, head: Pick<AuditHead, 'read' | 'write'>, now: () => Date = () => new Date()) {
    this.#file = join(folder, FILE);
    this.#head = head;
    this.#now = now;
    this.#lock = new SharedLock(join(folder, LOCK));
    this.#descriptor = openSync(this.#file, 'a', 0o600);
  }

  /** Appends one entry; it is on the disk when this returns. */
  record(event: AuditEvent): AuditEntry {
    const entry = this.#lock.during(() => {
      if (fstatSync(this.#descriptor).size !== this.#size) this.#readEnd();
      return this.#append(event);
    });
    this.#listener(entry);
    return entry;
  }

  /** Tells one listener of every entry this process records, after it is on the disk. */
  onRecorded(listener: (entry: AuditEntry) => void): void {
    this.#listener = listener;
  }

  /** Entries, newest first. */
  page(offset: number, limit: number): { total: number; rows: AuditEntry[] } {
    const lines = readIfThere(this.#file).split('\n').filter(Boolean);
    const end = lines.length - offset;
    const rows = lines.slice(Math.max(0, end - limit), Math.max(0, end)).map((line) => parseLine(line) ?? damaged());
    return { total: lines.length, rows: rows.reverse() };
  }

  verify(): AuditVerdict {
    return verifyAuditLog(this.#file, this.#head.read());
  }

  close(): void {
    closeSync(this.#descriptor);
    this.#lock.close();
  }

  /**
   * Finds the end of the chain, also where another process wrote last. A last line that was cut off
   * while being written (power cut, kill) is removed, and the removal is an entry of its own.
   */
  #readEnd(): void {
    const content = readIfThere(this.#file);
    const whole = content.lastIndexOf('\n') + 1;
    const last = content.slice(0, whole).trimEnd().split('\n').at(-1);
    const entry = last ? parseLine(last) : undefined;
    this.#sequence = entry?.sequence ?? 0;
    this.#hash = entry?.hash ?? GENESIS;
    if (whole === content.length) return;
    truncateSync(this.#file, Buffer.byteLength(content.slice(0, whole)));
    this.#append({
      actor: 'node',
      action: 'audit.repaired',
      subject: 'audit',
      detail: 'A last line cut off by a crash was removed.',
    });
  }

  #append(event: AuditEvent): AuditEntry {
    const content = {
      sequence: this.#sequence + 1,
      at: this.#now().toISOString(),
      actor: event.actor,
      action: event.action,
      subject: event.subject,
      detail: event.detail ?? null,
    };
    const entry: AuditEntry = { ...content, hash: chain(this.#hash, content) };
    writeSync(this.#descriptor, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.#descriptor);
    this.#sequence = entry.sequence;
    this.#hash = entry.hash;
    this.#size = fstatSync(this.#descriptor).size;
    this.#head.write(entry);
    return entry;
  }
}

/** Recomputes the chain of a log without needing the node. @param head how far it had come, where that is known */
export function verifyAuditFolder(folder: string, head: Head | undefined): AuditVerdict {
  return verifyAuditLog(join(folder, FILE), head);
}

function verifyAuditLog(file: string, head: Head | undefined): AuditVerdict {
  const content = readIfThere(file);
  const lines = content.split('\n').filter(Boolean);
  let hash = GENESIS;
  for (const [index, line] of lines.entries()) {
    const entry = parseLine(line);
    const broken = !entry || entry.sequence !== index + 1 || entry.hash !== chain(hash, withoutHash(entry));
    if (broken) {
      const sentence = `The audit log is not intact: entry ${index + 1} was changed, removed or put in afterwards. Keep the file as evidence and compare it with a backup.`;
      return { intact: false, entries: lines.length, sentence };
    }
    hash = entry.hash;
    if (head?.sequence === entry.sequence && head.hash !== hash) return cutOff(lines.length, head);
  }
  if (head && head.sequence > lines.length) return cutOff(lines.length, head);
  const sentence = `The audit log is intact: ${lines.length} entries, each bound to the one before.`;
  return { intact: true, entries: lines.length, sentence };
}

function cutOff(entries: number, { sequence }: Head): AuditVerdict {
  const sentence = `The audit log is not intact: it had come to entry ${sequence}, and what stands there now is not that entry. Keep the file as evidence and compare it with a backup.`;
  return { intact: false, entries, sentence };
}

function chain(previous: string, content: Omit<AuditEntry, 'hash'>): string {
  return createHash('sha256')
    .update(`${previous}\n${JSON.stringify(content)}`, 'utf8')
    .digest('hex');
}

function withoutHash(entry: AuditEntry): Omit<AuditEntry, 'hash'> {
  const { sequence, at, actor, action, subject, detail } = entry;
  return { sequence, at, actor, action, subject, detail };
}

function parseLine(line: string): AuditEntry | undefined {
  try {
    const entry = JSON.parse(line) as AuditEntry;
    return typeof entry.hash === 'string' && typeof entry.sequence === 'number' ? entry : undefined;
  } catch {
    return undefined;
  }
}

function damaged(): AuditEntry {
  return { sequence: 0, at: '', actor: '', action: 'damaged entry', subject: '', detail: null, hash: '' };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
