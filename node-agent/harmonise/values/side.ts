/** Laterality against itself, against the words of the descriptions, and against parts of which a body has one. */
import type { ConceptIndex } from '../concept-index.ts';
import { keyOf, wordsOf } from '../text-key.ts';
import type { ValueSource } from './normalised-value.ts';
import type { Reading } from './reading.ts';
import type { ValueRules } from './value-rules.ts';

/** Codes of the laterality vocabulary. */
const LEFT = 'IMG1016670';
const RIGHT = 'IMG1016682';
const BOTH = 'IMG1016659';

/** @param bodyPart code of the harmonised body part; null where there is none */
export function readSide(
  source: ValueSource,
  bodyPart: string | null,
  sides: ConceptIndex,
  rules: ValueRules,
  reading: Reading,
): void {
  const sideOf = (text: string | null) => (text === null ? undefined : sides.find(text)?.concept);
  const [ofSeries, ofImage] = [sideOf(source.laterality), sideOf(source.imageLaterality)];
  if (ofSeries && ofImage && ofSeries.code !== ofImage.code && ofSeries.code !== BOTH) {
    reading.finding(
      'laterality',
      'sides-contradict',
      'Laterality and Image Laterality name different sides. Ask the sender which is right.',
    );
  }
  const side = ofImage ?? ofSeries;
  if (!side) return;
  if (bodyPart !== null && rules.unpairedParts.includes(bodyPart)) {
    reading.finding('laterality', 'side-of-unpaired-part', 'A side is given for a part of which a body has one.');
  }
  if (side.code !== LEFT && side.code !== RIGHT) return;
  const notWords = new Set(rules.sideWordsNotInText.map(keyOf));
  for (const text of [source.seriesDescription, source.protocol, source.studyDescription]) {
    const named = sidesNamed(text, sides, notWords);
    if (named.has(BOTH) || named.size !== 1) continue;
    if (!named.has(side.code)) {
      reading.finding(
        'laterality',
        'side-contradicts-description',
        `The side is ${side.label.toLowerCase()}, but a description names the other. Look at the image before using it.`,
      );
    }
    return; // the most particular description that names a side has said it
  }
}

function sidesNamed(text: string | null, sides: ConceptIndex, notWords: ReadonlySet<string>): Set<string> {
  const found = wordsOf(text ?? '')
    .filter((word) => !notWords.has(word))
    .map((word) => sides.findKey(word)?.code);
  return new Set(found.filter((code) => code !== undefined));
}
