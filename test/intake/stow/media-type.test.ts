import { describe, expect, it } from 'vitest';
import { accepts, parseMediaType } from '../../../node-agent/intake/stow/media-type.ts';

describe('a media type', () => {
  it('is read with its parameters, quoted or not, as clients write them', () => {
    const parsed = (text: string) => {
      const found = parseMediaType(text);
      return found && { type: found.type, ...Object.fromEntries(found.parameters) };
    };
    const related = { type: 'multipart/related', boundary: 'a;b="c', root: 'x' };
    expect(parsed('Multipart/Related; BOUNDARY="a;b=\\"c"; root=x;')).toEqual(related);
    expect(parsed('multipart/related;type=application/dicom ; boundary=a=b')).toEqual({
      type: 'application/dicom',
      boundary: 'a=b',
    });
    for (const wrong of ['', 'multipart', 'a/b; c', 'a/b; c="d', 'a/b; c=d; C=e', 'a/b c']) {
      expect(parsed(wrong), wrong).toBeUndefined();
    }
  });
});

describe('what a client accepts', () => {
  it('is everything unless it says so', () => {
    const offered = ['application/dicom+json', 'application/json'];
    for (const text of [undefined, '', '*/*', 'application/*', 'text/html, application/dicom+json;q=0.5']) {
      expect(accepts(text, offered), String(text)).toBe(true);
    }
    for (const text of ['application/dicom+xml', 'text/*', 'application/dicom+json;q=0', '*/*; q=0.0']) {
      expect(accepts(text, offered), text).toBe(false);
    }
  });
});
