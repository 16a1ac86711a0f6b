/** From stored values to the 8 bits of a screen (PS3.3 C.11.2.1.2, C.7.6.3.1.2). */
import type { ImageAttributes } from '../../dicom/pixel/image-attributes.ts';
import type { Raster } from './png.ts';
import type { Shrunk } from './shrink.ts';

/** Share of pixels that may be darker or brighter than the range when the object states no window. */
const OUTLIERS = 0.01;

type Ramp = (value: number) => number;

/** Grey pixels: rescaled, windowed, inverted for MONOCHROME1. Padding is black. */
export function displayGrey(small: Shrunk, image: ImageAttributes): Raster {
  const values = small.values.map((value) => value * image.slope + image.intercept);
  const ramp = image.window ? windowRamp(image.window) : rangeRamp(values);
  const inverted = image.photometricInterpretation === 'MONOCHROME1';
  const pixels = Uint8Array.from(values, (value) => {
    if (Number.isNaN(value)) return 0;
    const grey = clamp(ramp(value));
    return inverted ? 255 - grey : grey;
  });
  return { ...small, pixels };
}

/** Colour pixels; YBR_FULL and YBR_FULL_422 are turned into RGB. */
export function displayColour(small: Shrunk, image: ImageAttributes): Raster {
  const scale = 255 / (2 ** image.bitsStored - 1);
  const values = small.values.map((value) => value * scale);
  const pixels = new Uint8Array(values.length);
  const isLuminance = image.photometricInterpretation.startsWith('YBR_FULL');
  for (let at = 0; at < values.length; at += 3) {
    const pixel = [values[at] ?? 0, values[at + 1] ?? 0, values[at + 2] ?? 0] as const;
    pixels.set((isLuminance ? rgbOfYbr(...pixel) : pixel).map(clamp), at);
  }
  return { ...small, pixels };
}

/** Colour pixels that are 0 to 255 already. */
export function displayAsIs(small: Shrunk): Raster {
  return { ...small, pixels: Uint8Array.from(small.values, clamp) };
}

function windowRamp({ centre, width }: { readonly centre: number; readonly width: number }): Ramp {
  if (width <= 1) return (value) => (value < centre ? 0 : 255);
  return (value) => ((value - (centre - 0.5)) / (width - 1) + 0.5) * 255;
}

function rangeRamp(values: Float32Array): Ramp {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const last = sorted.length - 1;
  let low = sorted[Math.floor(last * OUTLIERS)] ?? 0;
  let high = sorted[Math.ceil(last * (1 - OUTLIERS))] ?? 0;
  if (high <= low) [low, high] = [sorted[0] ?? 0, sorted[last] ?? 0];
  return high > low ? (value) => ((value - low) / (high - low)) * 255 : () => 0;
}

function rgbOfYbr(y: number, blue: number, red: number): [number, number, number] {
  const cb = blue - 128;
  const cr = red - 128;
  return [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb];
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
