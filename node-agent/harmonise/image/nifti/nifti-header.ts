/** The 348 bytes of a NIfTI-1 header (nifti1.h of the NIfTI Data Format Working Group), little endian. */
import { type Affine, AXES, determinant, isRectangular, scaled, spacingOf, unit, type Vector } from '../geometry.ts';
import type { Volume, VoxelArray } from '../volume.ts';

/** Header, and four bytes that say no extension follows. */
export const VOXEL_OFFSET = 352;
const HEADER_BYTES = 348;
/** XFORM_SCANNER_ANAT: coordinates of the scanner. */
const SCANNER = 1;
const MILLIMETRES = 2;
const SECONDS = 8;
const LONGEST_DESCRIPTION = 79;

export interface HeaderText {
  /** Seconds between volumes; 0 when unknown or not a time. */
  readonly repetition: number;
  /** At most 79 characters, no identifier. */
  readonly description: string;
}

export function niftiHeader(volume: Volume, text: HeaderText): Buffer {
  const { size, affine, times, values } = volume;
  const header = Buffer.alloc(VOXEL_OFFSET);
  const spacing = spacingOf(affine);
  const { code, bits } = dataTypeOf(values);
  header.writeInt32LE(HEADER_BYTES, 0);
  header.write('r', 38, 'latin1');
  for (const [index, dimension] of [times > 1 ? 4 : 3, ...size, times, 1, 1, 1].entries()) {
    header.writeInt16LE(dimension, 40 + index * 2);
  }
  header.writeInt16LE(code, 70);
  header.writeInt16LE(bits, 72);
  for (const [index, width] of [handedness(affine), ...spacing, text.repetition].entries()) {
    header.writeFloatLE(width, 76 + index * 4);
  }
  header.writeFloatLE(VOXEL_OFFSET, 108);
  header.writeFloatLE(volume.slope, 112);
  header.writeFloatLE(volume.intercept, 116);
  header.writeUInt8(MILLIMETRES + SECONDS, 123);
  header.write(text.description.slice(0, LONGEST_DESCRIPTION), 148, 'latin1');
  writeTransforms(header, affine);
  header.write('n+1\0', 344, 'latin1');
  return header;
}

/** Both ways to say where voxels lie; a sheared grid only fits the second. */
function writeTransforms(header: Buffer, affine: Affine): void {
  const { columns, origin } = affine;
  header.writeInt16LE(isRectangular(affine) ? SCANNER : 0, 252);
  header.writeInt16LE(SCANNER, 254);
  for (const [index, part] of [...quaternionOf(affine), ...origin].entries())
    header.writeFloatLE(part, 256 + index * 4);
  for (const row of AXES) {
    const line = [columns[0][row], columns[1][row], columns[2][row], origin[row]];
    for (const [index, part] of line.entries()) header.writeFloatLE(part, 280 + row * 16 + index * 4);
  }
}

function handedness(affine: Affine): 1 | -1 {
  return determinant(affine) < 0 ? -1 : 1;
}

/** b, c and d of the unit quaternion a + bi + cj + dk, a ≥ 0, of the rotation that is left when the third axis is made right-handed. */
function quaternionOf(affine: Affine): Vector {
  const [i, j, third] = affine.columns.map(unit) as [Vector, Vector, Vector];
  const k = scaled(third, handedness(affine));
  // Four times the square of each part; the largest is divided by, so that nothing small is (Shepperd 1978).
  const squares = [1 + i[0] + j[1] + k[2], 1 + i[0] - j[1] - k[2], 1 - i[0] + j[1] - k[2], 1 - i[0] - j[1] + k[2]];
  const largest = squares.indexOf(Math.max(...squares));
  const root = 2 * Math.sqrt(squares[largest] ?? 1);
  const sums: Vector = [j[0] + i[1], k[0] + i[2], k[1] + j[2]];
  const differences: Vector = [j[2] - k[1], k[0] - i[2], i[1] - j[0]];
  const quarter = root / 4;
  const [a, b, c, d] = (
    [
      [quarter, ...scaled(differences, 1 / root)],
      [differences[0] / root, quarter, sums[0] / root, sums[1] / root],
      [differences[1] / root, sums[0] / root, quarter, sums[2] / root],
      [differences[2] / root, sums[1] / root, sums[2] / root, quarter],
    ] as const
  )[largest] ?? [1, 0, 0, 0];
  return scaled([b, c, d], a < 0 ? -1 : 1);
}

function dataTypeOf(values: VoxelArray): { readonly code: number; readonly bits: number } {
  const bits = values.BYTES_PER_ELEMENT * 8;
  if (values instanceof Float32Array) return { code: 16, bits };
  if (values instanceof Uint8Array) return { code: 2, bits };
  if (values instanceof Int8Array) return { code: 256, bits };
  if (values instanceof Int16Array) return { code: 4, bits };
  if (values instanceof Uint16Array) return { code: 512, bits };
  return { code: values instanceof Int32Array ? 8 : 768, bits };
}
