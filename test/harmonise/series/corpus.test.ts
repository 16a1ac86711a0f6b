/** The classification of the series of real files, against what a radiographer says from header and image. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPart10 } from '../../../node-agent/dicom/part10-reader.ts';
import { loadEvidenceTables } from '../../../node-agent/harmonise/series/evidence-table.ts';
import { type InstanceFacts, readFactsText } from '../../../node-agent/harmonise/series/facts.ts';
import { SeriesClassifier } from '../../../node-agent/harmonise/series/series-classifier.ts';
import { seriesEvidence } from '../../../node-agent/harmonise/series/series-evidence.ts';
import { loadVocabularies } from '../../../node-agent/harmonise/vocabulary.ts';
import { vendorBValues } from '../../../node-agent/pipeline/vendor-b-values.ts';
import { engine } from '../../deidentify/fixtures.ts';
import { corpus } from '../../support/corpus.ts';
import { parseCsv } from '../../support/csv.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const files = corpus();
const classifier = new SeriesClassifier(loadEvidenceTables(), loadVocabularies());
/** `unknown`: nobody could know it from what is there. Empty: the question makes no sense for the object. */
const answers = new Map(
  parseCsv(readFileSync(join(import.meta.dirname, 'corpus-answers.csv'), 'utf8'))
    .slice(1)
    .map(([file = '', modality = '', plane = '', contrast = '']) => [file, { modality, plane, contrast }] as const),
);
const ASKED = ['modality', 'plane', 'contrast'] as const;
/** Below, a person is asked: the rules do not claim to know. */
const ASK_BELOW = 0.6;
const HIGH = 0.8;
const WITHIN_MS = 300_000;

describe.skipIf(files === undefined)('the series of real files', () => {
  it(
    'are classified, at least 95 of 100 rightly, and none wrongly with high confidence',
    async () => {
      const folder = temporaryFolder();
      const by = engine();
      const series = new Map<string, { facts: InstanceFacts[]; names: string[] }>();
      for (const [index, { path, name }] of (files ?? []).entries()) {
        const target = join(folder, `${index}.dcm`);
        let bValues: number[] = [];
        const outcome = await by.deidentifyAndVerify(path, target, [], (original) => {
          bValues = vendorBValues(original);
        });
        if (outcome.kind !== 'deidentified') continue;
        const object = await readPart10(target, { tolerant: true, temporaryFolder: folder });
        const found = series.get(outcome.seriesInstanceUid) ?? { facts: [], names: [] };
        found.facts.push(readFactsText(seriesEvidence(object.dataSet, { bValues }).facts));
        found.names.push(name);
        series.set(outcome.seriesInstanceUid, found);
        await object.close();
      }
      const tally = { right: 0, answered: 0, series: 0, unanswered: [] as string[] };
      const wrong: string[] = [];
      const wrongAndSure: string[] = [];
      for (const { facts, names } of series.values()) {
        const values = classifier.classify(facts);
        const answer = names.map((name) => answers.get(name)).find((one) => one !== undefined);
        const images = values.some(({ attribute }) => attribute === 'modality');
        if (images && !answer) tally.unanswered.push(names[0] ?? '');
        if (!images || !answer) continue;
        tally.series += 1;
        for (const attribute of ASKED) {
          const expected = answer[attribute];
          if (expected === '') continue;
          const value = values.find((one) => one.attribute === attribute);
          const confidence = value?.confidence ?? 0;
          const label = value?.label ?? 'unknown';
          const isRight = label === expected || (expected === 'unknown' && confidence < ASK_BELOW);
          tally.answered += 1;
          if (isRight) tally.right += 1;
          else {
            wrong.push(`${names[0]}: ${attribute} is ${expected}, said ${label} (${confidence}, ${value?.rule})`);
            if (label !== 'unknown' && confidence >= HIGH) wrongAndSure.push(wrong.at(-1) ?? '');
          }
        }
      }
      console.log(
        `${tally.right} of ${tally.answered} answers right, of ${tally.series} series; wrong: ${wrong.length}, with high confidence: ${wrongAndSure.length}; without an answer: ${tally.unanswered.length}\n${[...wrong, ...tally.unanswered].join('\n')}`,
      );
      expect(tally.unanswered).toEqual([]);
      expect(wrongAndSure).toEqual([]);
      expect(tally.series).toBeGreaterThan(70);
      expect(tally.right / tally.answered).toBeGreaterThanOrEqual(0.95);
    },
    WITHIN_MS,
  );
});
