/** The way of the demo's datasets: drafted and checked by one person, released by another, published. */
import { CallError, type ConsoleClient } from '../../test/support/console-client.ts';

interface Wanted {
  readonly condition: RegExp;
  readonly title: string;
  readonly bodyPart?: RegExp;
}

/** Three cancer types with enough patients to be counted at all. */
const OF_PHANTOMS: readonly Wanted[] = [
  { condition: /^breast/i, title: 'Breast cancer imaging', bodyPart: /breast/i },
  { condition: /^prostate/i, title: 'Prostate cancer MR', bodyPart: /prostate/i },
  { condition: /^lung/i, title: 'Lung cancer CT', bodyPart: /^(lung|chest|thorax)/i },
];
const OF_ANYTHING: readonly Wanted[] = [{ condition: /./, title: 'Everything indexed' }];

export interface ReleaseOptions {
  readonly drafter: ConsoleClient;
  readonly releaser: ConsoleClient;
  readonly phantoms: boolean;
  readonly say: (text: string) => void;
}

export async function releaseDatasets({ drafter, releaser, phantoms, say }: ReleaseOptions): Promise<void> {
  const facets = await drafter.call('getFacets');
  for (const { condition, title, bodyPart } of phantoms ? OF_PHANTOMS : OF_ANYTHING) {
    const declared = facets.conditions.find(({ label }) => condition.test(label));
    const values = bodyPart && facets.bodyPart.filter(({ label }) => bodyPart.test(label)).map(({ value }) => value);
    const draft = await drafter.call('draftDataset', {
      body: {
        title,
        description: `${title}${phantoms ? ' of invented patients' : ''}, published for the demonstration of a Gatehouse node.`,
        condition: declared?.code,
        query: values ? { bodyPart: values } : {},
        publisher: 'Demo hospital',
        contactEmail: 'imaging@hospital.example',
        keywords: ['cancer', 'imaging', 'demonstration'],
        provenance: 'Routine imaging sent by the PACS, de-identified at the site.',
        accessUrl: 'https://negotiator.example/',
      },
    });
    try {
      const advance = (client: ConsoleClient, to: string) =>
        client.call('advanceDataset', { params: { id: draft.id }, body: { to } });
      await showCoarselyEnough(drafter, draft.id);
      await acceptLooseReferences(drafter, draft.id, () => advance(drafter, 'checked'));
      await acknowledgeLowK(releaser, draft.id);
      await advance(releaser, 'released');
      await advance(drafter, 'published');
      say(`  ${title}: published`);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      say(`  ${title}: stays a draft. ${error.message}`);
    }
  }
}

/** As a person would: takes the choices that the console suggests where patients could be singled out. */
export async function showCoarselyEnough(client: ConsoleClient, id: string): Promise<void> {
  const { suggestion } = await client.call('getPrivacyRisk', { params: { id } });
  if (suggestion) await client.call('generaliseDataset', { params: { id }, body: suggestion.choices });
}

/** As a person would who looked: a segmentation stays although the image it was drawn on was stopped or is of another part. */
export async function acceptLooseReferences(
  client: ConsoleClient,
  id: string,
  check: () => Promise<unknown>,
): Promise<void> {
  const subject = 'integrity.references';
  const failure = await check().catch((error: unknown) => error);
  if (!(failure instanceof CallError)) return;
  const { findings } = await client.call('getQuality', { params: { id } });
  const open = findings.filter(({ rule, offending }) => rule.severity === 'error' && offending > 0);
  if (open.length !== 1 || open[0]?.rule.id !== subject) throw failure;
  const reason = 'The images it was drawn on are not part of the demonstration; it is of use alone.';
  await client.call('acceptFinding', { params: { id }, body: { subject, reason } });
  await check();
}

export async function acknowledgeLowK(client: ConsoleClient, id: string): Promise<void> {
  const { checks } = await client.call('getDataset', { params: { id } });
  if (!checks.some((check) => check.id === 'k' && check.warning)) return;
  const reason = 'The patients of the demonstration are invented.';
  await client.call('acceptFinding', { params: { id }, body: { subject: 'k', reason } });
}
