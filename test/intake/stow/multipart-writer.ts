/** Writes multipart bodies by hand, also wrong ones. */
export const BOUNDARY = 'gatehouse-test-boundary';

export interface WrittenPart {
  readonly content: Buffer;
  /** `application/dicom` unless given; undefined leaves the field out. */
  readonly type?: string | undefined;
  /** Header lines as they are, instead of the Content-Type. */
  readonly header?: string;
}

export function multipart(parts: readonly WrittenPart[], boundary = BOUNDARY): Buffer {
  const written = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headerOf(part)}\r\n`, 'latin1'),
    part.content,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...written, Buffer.from(`--${boundary}--\r\n`)]);
}

export function relatedType(boundary = BOUNDARY, type = 'application/dicom'): string {
  return `multipart/related; type="${type}"; boundary=${boundary}`;
}

function headerOf(part: WrittenPart): string {
  if (part.header !== undefined) return part.header;
  const type = 'type' in part ? part.type : 'application/dicom';
  return type === undefined ? '' : `Content-Type: ${type}\r\n`;
}
