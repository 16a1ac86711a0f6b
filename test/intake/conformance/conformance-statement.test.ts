/** What the statement claims is what an association gets. */
import { describe, expect, it } from 'vitest';
import { conformanceStatement } from '../../../node-agent/intake/conformance/conformance-statement.ts';
import { statementHtml } from '../../../node-agent/intake/conformance/statement-html.ts';
import { readSettings } from '../../../node-agent/settings/settings.ts';
import { type Action, COMMITMENT, CONTEXTS, readReport, requestCommitment } from '../commitment/commitment-peer.ts';
import { acceptItems, associateRequest, IMPLICIT_LITTLE, RawPeer } from '../receiver/raw-peer.ts';
import { intakeRig } from '../rig.ts';
import { BOUNDARY, multipart } from '../stow/multipart-writer.ts';
import { dicomFile, send, stowRig } from '../stow/stow-rig.ts';

function statement(set: readonly string[] = []) {
  const settings = readSettings({ file: '/nowhere/settings.json', environment: {}, commandLine: set });
  return conformanceStatement(settings.values, '9.9.9');
}

function column(title: RegExp, index: number): string[] {
  const section = statement().sections.find((candidate) => title.test(candidate.title));
  return (section?.table?.rows ?? []).map((row) => row[index] ?? '');
}

/** Proposes each class or syntax; gives the answers' results in order. */
async function results(port: number, contexts: readonly (readonly [string, string])[]): Promise<number[]> {
  const answers: number[] = [];
  for (let from = 0; from < contexts.length; from += 100) {
    const part = contexts.slice(from, from + 100);
    const peer = await RawPeer.connect(port);
    peer.send(
      associateRequest({
        contexts: part.map(([abstractSyntax, syntax], index) => ({
          id: index * 2 + 1,
          abstractSyntax,
          transferSyntaxes: [syntax],
        })),
      }),
    );
    const accept = await peer.unit();
    expect(accept?.type).toBe(2);
    const items = acceptItems(accept?.body ?? Buffer.alloc(0)).filter(({ type }) => type === 0x21);
    answers.push(...items.map(({ value }) => value[2] ?? -1));
    peer.socket.destroy();
  }
  return answers;
}

describe('the conformance statement', () => {
  it('lists SOP classes and transfer syntaxes that the receiver really accepts, each of them', async () => {
    const rig = await intakeRig();
    const classes = column(/^4 SOP classes/u, 1);
    expect(classes.length).toBeGreaterThan(150);
    const syntaxes = column(/^5 Transfer syntaxes/u, 1);
    expect(syntaxes.length).toBeGreaterThan(30);
    const proposed = [
      ...classes.map((uid) => [uid, IMPLICIT_LITTLE] as const),
      ...syntaxes.map((uid) => ['1.2.840.10008.5.1.4.1.1.2', uid] as const),
    ];
    expect(classes).toContain(COMMITMENT);
    const refused = (await results(rig.port, proposed)).flatMap((result, index) =>
      result === 0 ? [] : [proposed[index]],
    );
    expect(refused).toEqual([]);
  });

  it('does not offer what the receiver refuses: the classes of the retriever are those of a user', async () => {
    const rig = await intakeRig();
    const asked = column(/^9 SOP classes/u, 1).filter((uid) => uid !== '1.2.840.10008.1.1');
    expect(asked.length).toBeGreaterThan(2);
    expect(
      await results(
        rig.port,
        asked.map((uid) => [uid, IMPLICIT_LITTLE] as const),
      ),
    ).toEqual(asked.map(() => 3));
  });

  it('lists the statuses that requests for storage commitment get, and the reasons in the reports', async () => {
    const rig = await intakeRig({ limits: { reportSilenceMilliseconds: 20 } });
    const peer = await RawPeer.associate(rig.port, CONTEXTS);
    const statuses = column(/^7 Storage commitment/u, 0);
    const ask = async (action: Action) => {
      peer.send(requestCommitment(action));
      return (await peer.response()).status.toString(16).padStart(4, '0');
    };
    const one = [['1.2.840.10008.5.1.4.1.1.2', '1.2.3']] as const;
    const given = [
      await ask({ references: [] }),
      await ask({ references: one, sopInstanceUid: '1.2' }),
      await ask({ references: one, sopClassUid: '1.2' }),
      await ask({ references: one, sopClassUid: '1.2', sopInstanceUid: '1.2' }),
      await ask({ references: one, actionType: 9 }),
      await ask({ references: [['x', 'y']] }),
      await ask({ references: one }),
    ];
    expect(new Set(given).size).toBe(given.length);
    expect(given.filter((status) => !statuses.includes(status))).toEqual([]);
    const reason = readReport(await peer.message()).failed[0]?.[2] ?? 0;
    expect(column(/^8 Storage commitment/u, 0)).toContain(reason.toString(16).padStart(4, '0'));
  });

  it('describes storing over DICOMweb as it is answered', async () => {
    const rig = await stowRig();
    const claims = Object.fromEntries(
      column(/^10 Storage/u, 0).map((name, index) => [name, column(/^10 Storage/u, 1)[index]]),
    );
    const headers = { 'content-type': `${claims.Request}; boundary=${BOUNDARY}`, accept: claims.Answer ?? '' };
    const taken = await send(rig, { headers, body: multipart([{ content: dicomFile('1.2.3') }]) });
    expect(taken).toMatchObject({ status: 200, headers: { 'content-type': claims.Answer } });
    const refused = await send(rig, { headers, body: multipart([{ content: Buffer.from('x') }]) });
    const reasons = column(/^10.2 Failure/u, 0).map((text) => Number.parseInt(text, 16));
    expect(reasons).toContain(refused.other[0]);
    expect(column(/^10.1 Status/u, 0)).toEqual(expect.arrayContaining(['200', String(refused.status)]));
  });

  it('names every class and syntax, and shows this node as it is set up', () => {
    for (const title of [/^4 /u, /^5 /u, /^7 /u, /^8 /u, /^9 /u])
      expect(column(title, 0).filter((name) => name === '')).toEqual([]);
    const html = statementHtml(statement(['dicom.aeTitle=A<B&C', 'dicom.port=104']));
    expect(html).toContain('<td>A&lt;B&amp;C</td>');
    expect(html).toContain('<td>104</td>');
    expect(html).not.toContain('A<B');
  });
});
