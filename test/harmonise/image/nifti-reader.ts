/** A little reader of NIfTI-1 files for the tests, written from nifti1.h alone; it shares no line with the writer. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface NiftiFile {
  /** Voxels along each axis, volumes last (1 for one volume). */
  readonly size: readonly number[];
  readonly pixdim: readonly number[];
  readonly datatype: number;
  readonly qformCode: number;
  readonly sformCode: number;
  /** Rows of the maps from voxel indices to millimetres. */
  readonly sform: readonly (readonly number[])[];
  readonly qform: readonly (readonly number[])[];
  readonly units: number;
  readonly description: string;
  readonly magic: string;
  /** Scaled, first axis fastest. */
  readonly values: Float64Array;
}

const READERS: Record<number, [size: number, read: (view: DataView, at: number) => number]> = {
  2: [1, (view, at) => view.getUint8(at)],
  4: [2, (view, at) => view.getInt16(at, true)],
  8: [4, (view, at) => view.getInt32(at, true)],
  16: [4, (view, at) => view.getFloat32(at, true)],
  64: [8, (view, at) => view.getFloat64(at, true)],
  256: [1, (view, at) => view.getInt8(at)],
  512: [2, (view, at) => view.getUint16(at, true)],
  768: [4, (view, at) => view.getUint32(at, true)],
};

export function readNifti(path: string): NiftiFile {
  const file = readFileSync(path);
  const bytes = file[0] === 0x1f ? gunzipSync(file) : file;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getInt32(0, true) !== 348) throw new Error('Not a little endian NIfTI-1 file.');
  const float = (at: number): number => view.getFloat32(at, true);
  const dim = Array.from({ length: 8 }, (_, index) => view.getInt16(40 + index * 2, true));
  const size = [1, 2, 3, 4].map((axis) => (axis <= dim[0]! ? dim[axis]! : 1));
  const pixdim = Array.from({ length: 8 }, (_, index) => float(76 + index * 4));
  const datatype = view.getInt16(70, true);
  const known = READERS[datatype];
  if (known === undefined) throw new Error(`The data type ${datatype} is not read here.`);
  const [width, read] = known;
  const slope = float(112) === 0 ? 1 : float(112);
  const start = float(108);
  const count = size.reduce((product, extent) => product * extent, 1);
  return {
    size,
    pixdim,
    datatype,
    qformCode: view.getInt16(252, true),
    sformCode: view.getInt16(254, true),
    sform: [280, 296, 312].map((at) => [0, 4, 8, 12].map((column) => float(at + column))),
    qform: qformOf(pixdim, [256, 260, 264, 268, 272, 276].map(float)),
    units: view.getUint8(123),
    description: bytes.toString('latin1', 148, 228).replace(/\0.*$/su, ''),
    magic: bytes.toString('latin1', 344, 348),
    values: Float64Array.from({ length: count }, (_, at) => read(view, start + at * width) * slope + float(116)),
  };
}

/** Method 2 of nifti1.h; near a half turn what 32 bits leave of a is noise, and it is taken for 0. */
function qformOf(pixdim: readonly number[], stored: readonly number[]): number[][] {
  const [x = 0, y = 0, z = 0] = stored.slice(3);
  const square = 1 - stored.slice(0, 3).reduce((sum, part) => sum + part * part, 0);
  const isHalfTurn = square < 1e-7;
  const a = isHalfTurn ? 0 : Math.sqrt(square);
  const [b = 0, c = 0, d = 0] = stored.slice(0, 3).map((part) => (isHalfTurn ? part / Math.sqrt(1 - square) : part));
  const [factor = 1, dx = 1, dy = 1, dz = 1] = pixdim;
  const rotation = [
    [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
    [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
    [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
  ];
  const scale = [dx, dy, dz * (factor < 0 ? -1 : 1)];
  return rotation.map((row, index) => [...row.map((part, axis) => part * scale[axis]!), [x, y, z][index]!]);
}
