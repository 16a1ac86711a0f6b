import type { Slice } from '../images/render.ts';
import type { RandomSource } from '../random.ts';

/** One patient's anatomy: the same body for every study, cut at a height from -1 (feet) to 1 (head). */
export type Anatomy = (height: number) => Slice;

/** Builds an anatomy; `growth` scales the lesion, for a follow-up. */
export type AnatomyBuilder = (random: RandomSource, growth: number) => Anatomy;
