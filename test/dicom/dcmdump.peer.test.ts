import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagText } from '../../node-agent/dicom/dictionary.ts';
import { textElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { writePart10 } from '../../node-agent/dicom/part10-writer.ts';
import { corpus } from '../support/corpus.ts';
import { PEER_ENVIRONMENT, peer } from '../support/peers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const dcmdump = peer('dcmdump');
/** dcmdump stops at (0040,a170), which this file uses as another VR. */
const NOT_FOR_DCMDUMP = new Set(['sr/Tag-0040-A170-VR-CS-ef2cf919.dcm', 'syntax/SC_rgb_jpeg-868ec7a8.dcm']);
const THEMES = new Set(['private', 'sr', 'syntax', 'charset', 'other', 'seg']);
const files = corpus()?.filter(({ theme, name }) => THEMES.has(theme) && !NOT_FOR_DCMDUMP.has(name));

function tagsByDcmdump(path: string): string[] {
  const text = execFileSync(dcmdump ?? '', ['-M', '+L', path], {
    env: PEER_ENVIRONMENT,
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return [...text.matchAll(/^ *(\((?!fffe|0002)[0-9a-f]{4},[0-9a-f]{4}\))/gm)].map((match) => match[1] ?? '');
}

function tagsOf(dataSet: DataSet): string[] {
  return dataSet.elements.flatMap(({ tag, value }) => [
    tagText(tag),
    ...(value.kind === 'sequence' ? value.items.flatMap((item) => tagsOf(item.dataSet)) : []),
  ]);
}

describe.skipIf(dcmdump === undefined || files === undefined)('beside dcmdump', () => {
  it('finds the same elements in the same order', async () => {
    for (const file of files ?? []) {
      const object = await readPart10(file.path, { tolerant: true });
      expect(tagsOf(object.dataSet), file.name).toEqual(tagsByDcmdump(file.path));
      await object.close();
    }
  }, 120_000);

  it('writes every transfer syntax so that dcmdump reads it', async () => {
    const folder = temporaryFolder();
    const source = files?.find(({ name }) => name.startsWith('private/synthetic'));
    const { dataSet, path } = await readPart10(source?.path ?? '');
    const expected = tagsByDcmdump(path);
    for (const transferSyntaxUid of [
      '1.2.840.10008.1.2',
      '1.2.840.10008.1.2.1',
      '1.2.840.10008.1.2.1.99',
      '1.2.840.10008.1.2.2',
    ]) {
      const target = join(folder, `${transferSyntaxUid}.dcm`);
      const meta = [textElement({ explicit: true, littleEndian: true }, 0x00020010, 'UI', transferSyntaxUid)];
      await writePart10(target, { meta, dataSet, transferSyntaxUid, source: path });
      expect(tagsByDcmdump(target), transferSyntaxUid).toEqual(expected);
    }
  });
});
