import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AUDIT_MIGRATIONS, AuditHead } from '../../node-agent/audit/audit-head.ts';
import { AuditLog, verifyAuditFolder } from '../../node-agent/audit/audit-log.ts';
import { openDatabase } from '../../node-agent/store/database.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function openHead(folder: string): AuditHead {
  return new AuditHead(openDatabase(join(folder, 'index.db'), AUDIT_MIGRATIONS));
}

function filledLog(entries: number) {
  const folder = temporaryFolder();
  const head = openHead(folder);
  const log = new AuditLog(folder, head);
  for (let number = 1; number <= entries; number += 1) {
    log.record({ actor: 'anna', action: 'dataset.released', subject: `dataset-${number}` });
  }
  return { folder, head, log, file: join(folder, 'audit.jsonl') };
}

describe('the audit log', () => {
  it('verifies as intact while nobody touched it, also after reopening', () => {
    const { folder, head, log } = filledLog(3);
    log.close();
    new AuditLog(folder, head).record({ actor: 'node', action: 'node.started', subject: 'node' });
    expect(verifyAuditFolder(folder, head.read())).toMatchObject({ intact: true, entries: 4 });
  });

  it.each([
    [
      'changed',
      (lines: string[]) => lines.map((line, index) => (index === 1 ? line.replace('dataset-2', 'dataset-9') : line)),
    ],
    ['removed', (lines: string[]) => lines.filter((_, index) => index !== 1)],
    ['exchanged', (lines: string[]) => [lines[1]!, lines[0]!, ...lines.slice(2)]],
    ['put in', (lines: string[]) => [...lines.slice(0, 2), lines[1]!, ...lines.slice(2)]],
    ['cut off at the end', (lines: string[]) => lines.slice(0, 3)],
    ['made unreadable', (lines: string[]) => lines.map((line, index) => (index === 2 ? line.slice(0, 40) : line))],
  ])('shows that an entry was %s', (_, tamper) => {
    const { folder, head, file } = filledLog(4);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    writeFileSync(file, `${tamper(lines).join('\n')}\n`);
    const verdict = verifyAuditFolder(folder, head.read());
    expect(verdict.intact).toBe(false);
    expect(verdict.sentence).toMatch(/not intact: .*entry \d/);
  });

  it('goes on after a line that a crash cut off, and says so', () => {
    const { folder, head, log, file } = filledLog(2);
    log.close();
    appendFileSync(file, '{"sequence":3,"at":"20');
    const again = new AuditLog(folder, head);
    again.record({ actor: 'node', action: 'node.started', subject: 'node' });
    expect(again.page(0, 10).rows.map((entry) => entry.action)).toEqual([
      'node.started',
      'audit.repaired',
      'dataset.released',
      'dataset.released',
    ]);
    expect(verifyAuditFolder(folder, head.read()).intact).toBe(true);
  });

  it('stays one chain when the node and the command line write in turn', () => {
    const folder = temporaryFolder();
    const head = openHead(folder);
    const [node, commandLine] = [new AuditLog(folder, head), new AuditLog(folder, head)];
    for (let round = 0; round < 5; round += 1) {
      node.record({ actor: 'node', action: 'a.b', subject: 'x' });
      commandLine.record({ actor: 'console', action: 'c.d', subject: 'y' });
    }
    expect(verifyAuditFolder(folder, head.read())).toMatchObject({ intact: true, entries: 10 });
  });

  it('tells its listener of each entry', () => {
    const { log } = filledLog(0);
    const actions: string[] = [];
    log.onRecorded((entry) => actions.push(entry.action));
    log.record({ actor: 'anna', action: 'dataset.released', subject: 'x' });
    expect(actions).toEqual(['dataset.released']);
  });

  it('is paged newest first', () => {
    const { log } = filledLog(5);
    const page = log.page(1, 2);
    expect(page.total).toBe(5);
    expect(page.rows.map((entry) => entry.sequence)).toEqual([4, 3]);
  });
});
