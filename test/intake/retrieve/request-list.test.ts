import { describe, expect, it } from 'vitest';
import { readRequestList } from '../../../node-agent/intake/retrieve/request-list.ts';

describe('A request list', () => {
  it('is read with any delimiter, in any order of its columns', () => {
    for (const delimiter of [',', ';', '\t', '|']) {
      const csv = ['Patient ID', 'Study date', 'Modality'].join(delimiter);
      const line = ['"A""1"', '2024-01-02-2024-02-03', 'CT'].join(delimiter);
      expect(readRequestList(`\uFEFF${csv}\r\n${line}\r\n\r\n`)).toEqual({
        requests: [{ PatientID: 'A"1', StudyDate: '20240102-20240203', ModalitiesInStudy: 'CT' }],
        badLines: [],
      });
    }
  });

  it('needs no header where its columns stand in their order', () => {
    expect(readRequestList('ACC1\nACC2').requests).toEqual([{ AccessionNumber: 'ACC1' }, { AccessionNumber: 'ACC2' }]);
  });

  it('names each bad line, repeats no value of it, and takes nothing from the list', () => {
    const csv = 'accession,study uid,date\nACC1,,\nSECRET*,,\n,1.2.SECRET,\n,,20240231\n,,\nACC2,,,SECRET\n"SECRET';
    const { requests, badLines } = readRequestList(csv);
    expect(requests).toEqual([]);
    expect(badLines.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(JSON.stringify(badLines)).not.toContain('SECRET');
  });

  it('is refused when empty, without lines, or with a heading nobody knows', () => {
    for (const csv of ['', ' \n', 'patient id\n', 'patient id,favourite colour\n1,2']) {
      expect(readRequestList(csv).badLines).toHaveLength(1);
    }
  });
});
