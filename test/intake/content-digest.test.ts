import { createSecretKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ContentDigest } from '../../node-agent/intake/content-digest.ts';

const KEY = createSecretKey(Buffer.alloc(32, 1));

function digest(key: KeyObject, ...pieces: Buffer[]): string {
  const content = new ContentDigest(key);
  for (const piece of pieces) content.update(piece);
  return content.finish();
}

describe('the digest of a content', () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) & 0xff));

  it('does not depend on the pieces the content came in', () => {
    const whole = digest(KEY, bytes);
    expect(
      digest(KEY, bytes.subarray(0, 1), bytes.subarray(1, 1), bytes.subarray(1, 70_001), bytes.subarray(70_001)),
    ).toBe(whole);
    expect(whole).toMatch(/^[0-9a-f]{32}$/);
  });

  it('differs with any bit, with the length, and with the key', () => {
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8((bytes[99_999] ?? 0) ^ 1, 99_999);
    const all = [
      digest(KEY, bytes),
      digest(KEY, flipped),
      digest(KEY, bytes, Buffer.alloc(1)),
      digest(KEY, bytes.subarray(0, 99_999)),
      digest(KEY),
      digest(createSecretKey(Buffer.alloc(32, 2)), bytes),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('has read the bytes when it returns, so that the buffer can be used again', () => {
    const buffer = Buffer.from(bytes);
    const content = new ContentDigest(KEY);
    content.update(buffer);
    buffer.fill(0);
    expect(content.finish()).toBe(digest(KEY, bytes));
  });
});
