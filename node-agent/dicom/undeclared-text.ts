/** Reports text that its data set's Specific Character Set does not cover (PS3.5 §6.1.2). */
import type { DataSet } from './data-set.ts';
import type { Findings } from './findings.ts';
import { valueRepresentation } from './value-representation.ts';

const ESCAPE = 0x1b;

/** Adds a finding for unknown terms, and one for bytes beyond ASCII where only ASCII was declared. */
export function reportUndeclaredText(dataSet: DataSet, findings: Findings): void {
  const { characterSet } = dataSet;
  if (characterSet.unknownTerms.length > 0) {
    findings.add('Specific Character Set names a character set that is not known; its text is read as Latin-1.');
  }
  for (const { vr, value } of dataSet.elements) {
    if (value.kind === 'sequence') {
      for (const item of value.items) reportUndeclaredText(item.dataSet, findings);
    } else if (characterSet.asciiOnly && value.kind === 'bytes' && valueRepresentation(vr).characterSet) {
      // Escape sequences may make bytes from 80 upwards legitimate.
      if (value.bytes.some((byte) => byte >= 0x80) && !value.bytes.includes(ESCAPE)) {
        findings.add('Text has characters outside the declared character set; they are read as Latin-1.');
      }
    }
  }
}
