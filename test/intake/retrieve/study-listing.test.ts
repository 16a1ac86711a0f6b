import { describe, expect, it } from 'vitest';
import { completeness } from '../../../node-agent/intake/retrieve/study-listing.ts';

const ledgerWith = (...uids: string[]) => ({ holds: (uid: string) => uids.includes(uid) });

describe('a retrieved study', () => {
  const instance = (uid: string) => ({ uid, seriesUid: '1', sopClassUid: '' });
  const listed = { instances: [instance('1.1'), instance('1.2')], sopClassUids: [], expected: 2 };
  const reported = { instances: undefined, sopClassUids: [], expected: 2 };

  it('is complete only when every listed instance is in the ledger, whatever else came', () => {
    expect(completeness(ledgerWith('1.1', '1.2'), listed, undefined)).toEqual({ state: 'complete', arrived: 2 });
    expect(completeness(ledgerWith('1.1', '9.9'), listed, 2)).toEqual({ state: 'incomplete', arrived: 1 });
  });

  it('is measured by what this node counted where the PACS reports a number only', () => {
    expect(completeness(ledgerWith(), reported, 2)).toEqual({ state: 'complete', arrived: 2 });
    expect(completeness(ledgerWith(), reported, 1)).toEqual({ state: 'incomplete', arrived: 1 });
  });

  it('is never assumed to be complete', () => {
    expect(completeness(ledgerWith(), reported, undefined).state).toBe('unknown');
    expect(completeness(ledgerWith(), { ...reported, expected: null }, 2).state).toBe('unknown');
  });
});
