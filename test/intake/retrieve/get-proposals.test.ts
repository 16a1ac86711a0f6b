import { describe, expect, it } from 'vitest';
import { storageSopClasses } from '../../../node-agent/dicom/uids.ts';
import { proposalBatches, proposalsBySyntax } from '../../../node-agent/intake/retrieve/get-proposals.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const PRIVATE = '1.3.46.670589.11.0.0.12.1';

describe('A C-GET', () => {
  it('proposes the classes the PACS reports, private ones among them, one transfer syntax to a context', () => {
    const [first = []] = proposalBatches([CT, PRIVATE]);
    expect(new Set(first.map(({ sopClassUid }) => sopClassUid))).toEqual(new Set([CT, PRIVATE]));
    expect(first.every(({ transferSyntaxUids, providerRole }) => transferSyntaxUids.length === 1 && providerRole)).toBe(
      true,
    );
    expect(first.slice(0, 2).map(({ transferSyntaxUids }) => transferSyntaxUids[0])).toEqual([
      '1.2.840.10008.1.2.1',
      '1.2.840.10008.1.2.1',
    ]);
  });

  it('spreads over associations what does not fit into one', () => {
    const many = Array.from({ length: 130 }, (_, index) => `1.3.46.670589.${index + 1}`);
    const batches = proposalBatches(many);
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.every((batch) => batch.length <= 127)).toBe(true);
    const uncompressed = batches.flat().filter(({ transferSyntaxUids: [uid] }) => uid === '1.2.840.10008.1.2.1');
    expect(new Set(uncompressed.map(({ sopClassUid }) => sopClassUid))).toEqual(new Set(many));
  });

  it('begins with the commonest classes where the PACS reports none, and leaves none of the standard out', () => {
    const batches = proposalBatches([]);
    expect(batches[0]?.some(({ sopClassUid }) => sopClassUid === CT)).toBe(true);
    const proposed = new Set(batches.flat().map(({ sopClassUid }) => sopClassUid));
    expect(storageSopClasses().filter((uid) => !proposed.has(uid))).toEqual([]);
  });

  it('never proposes a service that is no storage, whatever the PACS says', () => {
    const proposed = [
      ...proposalBatches(['1.2.840.10008.1.1', CT]).flat(),
      ...proposalsBySyntax(['nonsense', CT]).flat(),
    ];
    expect(new Set(proposed.map(({ sopClassUid }) => sopClassUid))).toEqual(new Set([CT]));
  });
});
