/** RLE Lossless (PS3.5 Annex G): byte planes, most significant first, each packed row by row. */

/** Encodes one frame whose samples are stored little endian, `bytesPerSample` bytes each. */
export function encodeRunLength(frame: Uint8Array, columns: number, bytesPerSample: number): Buffer {
  const samples = frame.length / bytesPerSample;
  const segments: Buffer[] = [];
  for (let plane = bytesPerSample - 1; plane >= 0; plane -= 1) {
    const packed: number[] = [];
    for (let start = 0; start < samples; start += columns) {
      const row = new Uint8Array(columns);
      for (let column = 0; column < columns; column += 1) {
        row[column] = frame[(start + column) * bytesPerSample + plane] ?? 0;
      }
      packRow(row, packed);
    }
    if (packed.length % 2 === 1) packed.push(0);
    segments.push(Buffer.from(packed));
  }
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments.length, 0);
  let offset = header.length;
  for (const [index, segment] of segments.entries()) {
    header.writeUInt32LE(offset, 4 + index * 4);
    offset += segment.length;
  }
  return Buffer.concat([header, ...segments]);
}

function packRow(row: Uint8Array, packed: number[]): void {
  let index = 0;
  while (index < row.length) {
    let run = 1;
    while (index + run < row.length && run < 128 && row[index + run] === row[index]) run += 1;
    if (run >= 2) {
      packed.push(257 - run, row[index] ?? 0);
      index += run;
      continue;
    }
    const start = index;
    while (index < row.length && index - start < 128 && (index + 1 >= row.length || row[index] !== row[index + 1])) {
      index += 1;
    }
    packed.push(index - start - 1, ...row.subarray(start, index));
  }
}
