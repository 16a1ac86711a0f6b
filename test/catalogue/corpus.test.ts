import { describe, expect, it } from 'vitest';
import { renderThumbnail } from '../../node-agent/catalogue/thumbnail/thumbnail.ts';
import { corpus } from '../support/corpus.ts';

const files = corpus();
const NATIVE = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2']);
/** Images that have no pixel data, fewer than they state, or a segmented palette (PS3.3 C.7.9.2). */
const WITHOUT_PREVIEW = /chrJapMulti|chrKoreanMulti|GH1376|GH1146|no-meta-length-test|gdcm-US-ALOKA-16/u;
const IMAGE_MODALITIES = new Set(['CT', 'MR', 'CR', 'DX', 'MG', 'US', 'NM', 'PT', 'XA']);

describe.skipIf(files === undefined)('previews of real files', () => {
  it('are made or declined for every file, and made for native images', async () => {
    let made = 0;
    const declined: string[] = [];
    for (const { path, name, theme, modality, transferSyntaxUid } of files ?? []) {
      const expected = theme !== 'malformed' && NATIVE.has(transferSyntaxUid) && IMAGE_MODALITIES.has(modality);
      const png = await renderThumbnail(path, 128);
      if (png) made += 1;
      else if (expected && !WITHOUT_PREVIEW.test(name)) declined.push(name);
    }
    expect(made).toBeGreaterThan(100);
    expect(declined).toEqual([]);
  });
});
