import type { Anatomy } from '../anatomy/types.ts';
import type { Item } from '../elements.ts';
import type { TextBox } from '../images/bitmap-font.ts';
import type { Shape } from '../images/canvas.ts';
import type { Grain } from '../images/render.ts';
import type { PlaneGeometry } from '../modules/image.ts';
import type { Instance } from '../modules/patient-study-series.ts';
import type { Pixels } from '../part10.ts';
import type { Series } from '../protocol.ts';
import type { RandomSource } from '../random.ts';

/** One object before identifiers are planted in the corners and it is encoded. */
export interface PhantomObject {
  readonly instance: Instance;
  readonly elements: Item;
  readonly pixels: Pixels;
  /** Text burned into the pixels. */
  readonly burnedIn: readonly TextBox[];
  /** Where the slice cuts the lesion; for the segmentation. */
  readonly cut?: { readonly geometry: PlaneGeometry; readonly lesion: Shape | undefined };
}

/** What a builder of objects works with. */
export interface SeriesContext {
  readonly series: Series;
  readonly random: RandomSource;
  readonly anatomy: Anatomy;
  readonly grain: Grain;
}

export type SeriesBuilder = (context: SeriesContext) => PhantomObject[];
