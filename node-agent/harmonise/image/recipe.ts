/** What is to be done to the volumes of a series, step by step. A recipe is data: it is stored beside what it made. */
import { z } from 'zod';

const spacing = z.number().positive().max(1000);
const direction = z.enum(['L', 'R', 'A', 'P', 'S', 'I']);
const orientation = z
  .string()
  .length(3)
  .refine((text) => isOrientation(text), 'three of the letters L or R, A or P, S or I, each axis once');

function isOrientation(text: string): boolean {
  const axes = [...text].map((letter) => ['LR', 'AP', 'SI'].findIndex((pair) => pair.includes(letter)));
  return [...text].every((letter) => direction.safeParse(letter).success) && new Set(axes).size === 3;
}

const vector = z.tuple([z.number(), z.number(), z.number()]);
const gridSchema = z.strictObject({
  size: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]),
  affine: z.strictObject({ columns: z.tuple([vector, vector, vector]), origin: vector }),
});

/** Landmarks of a standard scale (Nyúl and Udupa 1999): percentiles of the foreground and the values they are brought to. */
export const landmarksSchema = z
  .strictObject({
    percentiles: z.array(z.number().min(0).max(100)).min(2),
    values: z.array(z.number()).min(2),
    /** How many volumes they were learnt from. */
    volumes: z.int().positive(),
  })
  .refine(({ percentiles, values }) => percentiles.length === values.length, 'as many values as percentiles')
  .refine(({ percentiles }) => isRising(percentiles), 'percentiles that rise')
  .refine(({ values }) => isRising(values), 'values that rise');

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? number));
}

const stepSchema = z.discriminatedUnion('step', [
  /** Turns and mirrors the index axes until they point as the letters say; no value changes. */
  z.strictObject({ step: z.literal('reorient'), to: orientation }),
  /** Onto another grid: one spacing for all axes or one for each (mm), or the grid of another image. */
  z
    .strictObject({
      step: z.literal('resample'),
      spacing: z.union([spacing, z.tuple([spacing, spacing, spacing])]).optional(),
      grid: gridSchema.optional(),
      interpolation: z.enum(['nearest', 'linear', 'cubic']).default('linear'),
      antialias: z.boolean().default(true),
    })
    .refine((step) => (step.spacing === undefined) !== (step.grid === undefined), 'either a spacing or a grid'),
  /** CT numbers as whole Hounsfield units; pixels without a measurement become `padding`. */
  z.strictObject({ step: z.literal('hounsfield'), padding: z.number().default(-1024) }),
  /** Mean 0 and standard deviation 1 over the foreground or over everything. */
  z.strictObject({ step: z.literal('z-score'), mask: z.enum(['foreground', 'none']).default('foreground') }),
  /** Two percentiles of the foreground become the ends of a range; what lies outside is cut off unless told. */
  z
    .strictObject({
      step: z.literal('percentile'),
      lower: z.number().min(0).max(100).default(1),
      upper: z.number().min(0).max(100).default(99),
      to: z.tuple([z.number(), z.number()]).default([0, 1]),
      mask: z.enum(['foreground', 'none']).default('foreground'),
      clip: z.boolean().default(true),
    })
    .refine(({ lower, upper }) => lower < upper, 'a lower percentile below the upper one'),
  /** Piecewise linear onto a standard scale. */
  z.strictObject({ step: z.literal('nyul'), landmarks: landmarksSchema }),
  /** PET as standardised uptake value, by body weight or lean body mass (g/ml). */
  z.strictObject({ step: z.literal('suv'), by: z.enum(['body-weight', 'lean-body-mass']).default('body-weight') }),
]);

export const recipeSchema = z.strictObject({
  /** What people call it. */
  name: z.string().max(100).optional(),
  steps: z.array(stepSchema).max(20),
});

export type Recipe = z.infer<typeof recipeSchema>;
export type RecipeStep = Recipe['steps'][number];
export type Landmarks = z.infer<typeof landmarksSchema>;
export type StepOf<Name extends RecipeStep['step']> = Extract<RecipeStep, { step: Name }>;

/** No step: the values as stored, with their scale, on the scanner's grid. */
export const AS_SCANNED: Recipe = { steps: [] };

/** @throws Error naming the place in the recipe that does not hold */
export function readRecipe(value: unknown): Recipe {
  const read = recipeSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(
    `The recipe does not hold at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? 'unreadable'}.`,
  );
}
