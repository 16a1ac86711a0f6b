import { describe, expect, it } from 'vitest';
import { AstCatalogue } from '../../node-agent/compute/ast-catalogue.ts';
import { parseAst } from '../../node-agent/compute/focus-ast.ts';
import { questionInWords } from '../../node-agent/compute/question-in-words.ts';
import { loadVocabularies } from '../../node-agent/harmonise/vocabulary.ts';
import { VocabularyLookup } from '../../node-agent/harmonise/vocabulary-lookup.ts';

const catalogue = new AstCatalogue(new VocabularyLookup(loadVocabularies()));
const words = (ast: unknown) => questionInWords(parseAst(ast), catalogue);

describe('a question in words', () => {
  it('reads like a sentence', () => {
    const ast = {
      operand: 'OR',
      children: [
        {
          operand: 'AND',
          children: [
            {
              operand: 'OR',
              children: [{ key: 'SNOMEDCT263495000', type: 'EQUALS', value: 'SNOMEDCT248152002' }],
            },
            {
              operand: 'OR',
              children: [
                { key: 'RID10311', type: 'EQUALS', value: 'RID10312' },
                { key: 'RID10311', type: 'EQUALS', value: 'RID10321' },
              ],
            },
            { key: 'SNOMEDCT423493009', type: 'BETWEEN', value: { min: 40, max: 60 } },
          ],
        },
      ],
    };
    expect(words(ast)).toBe(
      'Sex is Female and (modality is Magnetic resonance imaging or modality is Computed tomography) and age at diagnosis is between 40 and 60',
    );
  });

  it('says when nothing is asked and when something can never be true', () => {
    expect(words({ operand: 'OR', children: [] })).toBe('Everything that is published');
    expect(words({ key: 'SNOMEDCT432213005', type: 'EQUALS', value: 2020 })).toBe(
      'Never true (year of diagnosis is not known at this node)',
    );
    expect(words({ key: 'secret', type: 'EQUALS', value: 1 })).toBe('Never true (unknown criterion)');
  });

  it('stays short however long the question is', () => {
    const children = Array(900).fill({ key: 'SNOMEDCT423493009', type: 'EQUALS', value: 5 });
    expect(words({ operand: 'OR', children }).length).toBeLessThanOrEqual(1000);
  });
});

describe('the search catalogue', () => {
  it('knows every key and value of the EUCAIM explorer', () => {
    const values: Record<string, string[]> = {
      SNOMEDCT263495000: ['248153007', '248152002', '74964007', '261665006'].map((code) => `SNOMEDCT${code}`),
      SNOMEDCT439401001: [
        ...['399068003', '254837009', '363358000', '363406005', '363351006', '363484005'],
        ...['93870000', '393564001', '393563007', '432328008'],
      ].map((code) => `SNOMEDCT${code}`),
      RID10311: ['RID10312', 'RID10337', 'RID10321', 'RID10334'],
      SNOMEDCT123037004: [
        ...['41216001', '76752008', '39607008', '71854001', '12921003', '816092008', '818981001', '69536005'],
      ].map((code) => `SNOMEDCT${code}`),
      C25392: ['C200140', 'birnlex_3066', 'birnlex_12833', 'birnlex_3065', 'birnlex_3067'],
    };
    for (const [name, codes] of Object.entries(values)) {
      const key = catalogue.key(name);
      expect(key?.kind).toBe('coded');
      if (key?.kind !== 'coded') continue;
      expect(codes.filter((code) => catalogue.value(key, code)?.code === undefined)).toEqual([]);
    }
  });
});
