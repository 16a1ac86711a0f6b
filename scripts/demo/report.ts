/** The figures of the demo, each read back from the node, and the table for people. */
import { runCommand } from '../../test/support/running-agent.ts';
import type { Demo } from './run-demo.ts';
import { DemoFailure } from './run-demo.ts';

export interface Figures {
  readonly received: number;
  readonly indexed: number;
  readonly quarantined: number;
  readonly excluded: number;
  readonly rejected: number;
  readonly waiting: number;
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
  readonly datasetsPublished: number;
  /** Objects in quarantine because the scan found an identifier after cleaning. */
  readonly residualHits: number;
  /** What the hub received, as it received it. */
  readonly hubAnswer: unknown;
  readonly seconds: number;
  readonly causes: readonly { cause: string; title: string; count: number }[];
  readonly refusedBySender: number;
}

export async function figuresOf(demo: Demo): Promise<Figures> {
  const { code, stdout, stderr } = await runCommand(['status', '--json', '--data-dir', demo.dataFolder]);
  if (code !== 0) throw new DemoFailure(`The counts could not be read: ${stderr}`);
  const { received, indexed, quarantined, excluded, rejected, waiting, patients, studies, series } = JSON.parse(
    stdout,
  ) as Figures;
  const { quarantineByCause } = await demo.console.client.call('getOverview');
  const datasets = await demo.console.client.call('listDatasets');
  return {
    received,
    indexed,
    quarantined,
    excluded,
    rejected,
    waiting,
    patients,
    studies,
    series,
    datasetsPublished: datasets.filter(({ state }) => state === 'published').length,
    residualHits: quarantineByCause.find(({ cause }) => cause === 'residual-identifier')?.count ?? 0,
    hubAnswer: withoutIcon(demo.hubResults[0]?.answer),
    seconds: Math.round((performance.now() - demo.startedAt) / 100) / 10,
    causes: quarantineByCause,
    refusedBySender: demo.sent.failed.length,
  };
}

export function printTable(figures: Figures, demo: Demo): void {
  const row = (name: string, value: string | number) =>
    console.log(`  ${name.padEnd(42)} ${String(value).padStart(8)}`);
  console.log('\nWhere each object went');
  row('received', figures.received);
  row('  indexed', figures.indexed);
  row('  quarantined', figures.quarantined);
  for (const { title, count } of figures.causes) row(`    ${title}`, count);
  row('  excluded', figures.excluded);
  row('  rejected', figures.rejected);
  row('  waiting', figures.waiting);
  if (figures.refusedBySender > 0) row('not sent, or refused at the door', figures.refusedBySender);
  console.log('\nIn the index');
  row('patients', figures.patients);
  row('studies', figures.studies);
  row('series', figures.series);
  row('datasets published', figures.datasetsPublished);
  row('identifiers found after cleaning', figures.residualHits);
  console.log(`\nWhat the hub received (${demo.hubResults[0]?.status ?? 'no answer'})`);
  console.log(JSON.stringify(figures.hubAnswer, null, 2));
  console.log(`\nAll of it in ${figures.seconds} s.`);
}

/** The provider's icon is a picture in base64; it says nothing on a terminal. */
function withoutIcon(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer ?? null;
  const { provider_icon: _, ...rest } = answer as Record<string, unknown>;
  return rest;
}
