/** Palette colour lookup (PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6). */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';

const CHANNELS = ['Red', 'Green', 'Blue'] as const;
const ENTRIES_WHEN_ZERO = 65_536;

/** Value 0 to 255 of a channel for a stored pixel value. */
export type Palette = (value: number, channel: number) => number;

/** @returns undefined when the tables are missing, segmented or shorter than they say */
export function paletteOf(dataSet: DataSet): Palette | undefined {
  const channels = CHANNELS.map((name) => channelOf(dataSet, name));
  if (channels.some((channel) => channel === undefined)) return undefined;
  return (value, channel) => channels[channel]?.(value) ?? 0;
}

function channelOf(dataSet: DataSet, name: (typeof CHANNELS)[number]): ((value: number) => number) | undefined {
  const [stated, first = 0, bits = 8] = dataSet.numbers(tagOf(`${name}PaletteColorLookupTableDescriptor`));
  const data = dataSet.get(tagOf(`${name}PaletteColorLookupTableData`))?.value;
  if (stated === undefined || data?.kind !== 'bytes') return undefined;
  const entries = stated === 0 ? ENTRIES_WHEN_ZERO : stated;
  const place = (value: number) => Math.min(Math.max(value - first, 0), entries - 1);
  const { bytes } = data;
  if (bytes.length >= entries * 2) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { littleEndian } = dataSet.encoding;
    return (value) => view.getUint16(place(value) * 2, littleEndian) >> (bits > 8 ? 8 : 0);
  }
  return bytes.length >= entries ? (value) => bytes[place(value)] ?? 0 : undefined;
}
