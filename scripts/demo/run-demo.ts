/** Starts hub and node, sends studies, releases datasets, and has the hub ask. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SearchResult, SITE_APP, type StandInHub, startStandInHub } from '../../test/hub/stand-in-hub.ts';
import type { AnswerKey } from '../../test/phantom/answer-key.ts';
import { clinicalCsv, clinicalPhantoms } from '../../test/phantom/clinical.ts';
import { generatePhantoms } from '../../test/phantom/generate.ts';
import { ConsoleClient } from '../../test/support/console-client.ts';
import { type SendResult, sendFolder } from '../../test/support/pacs-simulator.ts';
import { type RunningAgent, runCommand, startAgent } from '../../test/support/running-agent.ts';
import { releaseDatasets } from './datasets.ts';

/** A failure of what the demo shows, told without a stack. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

export interface DemoOptions {
  readonly folder: string;
  readonly seed: number;
  /** Folder to send instead of the phantoms. */
  readonly sendFrom?: string;
  readonly say: (text: string) => void;
  /** Told how to stop each thing that was started. */
  readonly onStarted: (stop: () => Promise<void>) => void;
}

export interface Demo {
  readonly dataFolder: string;
  readonly console: { readonly url: string; readonly client: ConsoleClient };
  readonly people: readonly { name: string; password: string; role: string }[];
  readonly sent: SendResult;
  readonly hubResults: readonly SearchResult[];
  readonly startedAt: number;
}

const HUB_WAITS = '30s';

/** What the hub asks: patients with a magnetic resonance or computed tomography series. */
const SEARCH = {
  operand: 'OR',
  children: [
    {
      operand: 'AND',
      children: [
        {
          operand: 'OR',
          children: [
            { key: 'RID10311', type: 'EQUALS', system: 'urn:oid:2.16.840.1.113883.6.256', value: 'RID10312' },
            { key: 'RID10311', type: 'EQUALS', system: 'urn:oid:2.16.840.1.113883.6.256', value: 'RID10321' },
          ],
        },
      ],
    },
  ],
};

export async function runDemo({ folder, seed, sendFrom, say, onStarted }: DemoOptions): Promise<Demo> {
  const startedAt = performance.now();
  const studies = sendFrom ?? join(folder, 'pacs');
  let key: AnswerKey | undefined;
  if (!sendFrom) {
    say('Drawing studies of invented patients …');
    key = await generatePhantoms(studies, { seed });
  }
  const hub = await startStandInHub();
  onStarted(() => hub.stop());
  const dataFolder = join(folder, 'data');
  const people = await addPeople(dataFolder);
  const agent = await startNode(dataFolder, join(folder, 'hub-key'), hub);
  onStarted(async () => void (await agent.stop()));
  try {
    const url = agent.httpUrl;
    const [first, second] = people;
    const drafter = await new ConsoleClient(url).signIn(first.name, first.password);
    const releaser = await new ConsoleClient(url).signIn(second.name, second.password);
    const sent = await send(studies, agent.dicomPort, say);
    await settled(drafter, say);
    if (key !== undefined) await importClinical(drafter, key, say);
    say('Drafting, checking, releasing and publishing datasets …');
    await releaseDatasets({ drafter, releaser, phantoms: sendFrom === undefined, say });
    say('The hub asks …');
    const taskId = await hub.postSearch(SEARCH, { ttl: '60s' });
    const hubResults = await hub.results(taskId, { count: 1, waitTime: HUB_WAITS });
    return { dataFolder, console: { url, client: drafter }, people, sent, hubResults, startedAt };
  } catch (error) {
    say(`The last lines of the node's log:\n${agent.log().trim().split('\n').slice(-5).join('\n')}`);
    throw error;
  }
}

/** The clinical data of the phantoms, with the mapping that the node proposes. */
async function importClinical(client: ConsoleClient, key: AnswerKey, say: DemoOptions['say']): Promise<void> {
  const content = Buffer.from(clinicalCsv(clinicalPhantoms(key))).toString('base64');
  const draft = await client.call('readClinicalFile', { body: { content } });
  const body = { mapping: draft.proposal, admitUnknown: true, saveAs: 'tumour registry' };
  const { report } = await client.call('importClinicalFile', { params: { id: draft.id }, body });
  if (report.errors > 0) throw new DemoFailure(`The clinical data was refused: ${report.findings[0]?.message}`);
  say(`Imported clinical data of ${report.counts.patients} patients.`);
}

/** Two people, because a release takes two. */
async function addPeople(dataFolder: string) {
  const people = [
    { name: 'anna', role: 'administrator', password: randomBytes(9).toString('base64url') },
    { name: 'ben', role: 'officer', password: randomBytes(9).toString('base64url') },
  ] as const;
  for (const { name, role, password } of people) {
    const { code, stderr } = await runCommand(
      ['user', 'add', name, '--role', role, '--data-dir', dataFolder],
      `${password}\n`,
    );
    if (code !== 0) throw new DemoFailure(`A user could not be added: ${stderr}`);
  }
  return people;
}

async function startNode(dataFolder: string, keyFile: string, hub: StandInHub): Promise<RunningAgent> {
  writeFileSync(keyFile, hub.apps[SITE_APP] ?? '', { mode: 0o600 });
  return startAgent(dataFolder, [
    `hub.beam.url=${hub.url}`,
    `hub.beam.appId=${SITE_APP}`,
    `hub.beam.apiKeyFile=${keyFile}`,
    'site.name=Demo hospital',
    'log.level=warn',
  ]);
}

async function send(folder: string, port: number, say: (text: string) => void): Promise<SendResult> {
  say('The PACS sends …');
  const sent = await sendFolder({
    host: '127.0.0.1',
    port,
    calledAeTitle: 'GATEHOUSE',
    callingAeTitle: 'DEMO_PACS',
    folder,
    associations: 2,
  });
  say(`  ${sent.sent} objects acknowledged in ${sent.seconds.toFixed(1)} s, ${sent.failed.length} not sent or refused`);
  return sent;
}

/** Waits until the pipeline has settled everything that arrived. */
async function settled(client: ConsoleClient, say: (text: string) => void): Promise<void> {
  say('De-identifying, verifying, harmonising and indexing …');
  for (;;) {
    const { counts } = await client.call('getOverview');
    if (counts.waiting === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
