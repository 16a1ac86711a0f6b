/** The form of a profile file: the basic profile of PS3.15 §E.2 with chosen options, and the rules of a site. */
import { z } from 'zod';
import { derivedSchema } from '../derived/derived-part.ts';
import { elementTestSchema } from '../derived/element-test.ts';

/**
 * What a rule may do; `replace` without a value writes the dummy of the VR, `derive` writes what `derive` makes of the
 * original, `by-table` leaves it to the basic profile and the options, `set-aside` keeps the whole object back.
 */
const ACTIONS = [
  'keep',
  'remove',
  'empty',
  'replace',
  'hash-uid',
  'shift-date',
  'clean-text',
  'derive',
  'by-table',
  'set-aside',
] as const;
export type RuleAction = (typeof ACTIONS)[number];

/** More than these no reader follows. */
export const MOST_TESTS = 16;
const HEX_TAG = /^\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)$/;
const sentence = z.string().trim().min(8, 'say it in a sentence');
const exactTag = z.string().regex(HEX_TAG, 'write a tag as (gggg,eeee)');

/** All that are given must hold. Those before `depth` look at the top of the original. */
const conditionsSchema = z.strictObject({
  /** Modality (0008,0060) is one of these. */
  modality: z
    .array(z.string().regex(/^[A-Z0-9 _]{1,16}$/, 'write a modality in capitals, e.g. CT'))
    .min(1)
    .optional(),
  /** SOP Class UID (0008,0016) is one of these. */
  sopClass: z
    .array(z.string().regex(/^[0-9.]{1,64}$/, 'write the UID of a SOP class'))
    .min(1)
    .optional(),
  /** Manufacturer (0008,0070) begins with one of these, in capitals or not. */
  manufacturer: z.array(z.string().trim().min(2)).min(1).optional(),
  /** The attribute is there with a value. */
  present: exactTag.optional(),
  /** The attribute is not there, or empty. */
  absent: exactTag.optional(),
  /** One value of the attribute is this. */
  equals: z.strictObject({ tag: exactTag, value: z.string().min(1) }).optional(),
  /** Whether the element stands at the top of the object or in an item of a sequence. */
  depth: z.enum(['top', 'items']).optional(),
  /** They look where the element stands. */
  tests: z.array(elementTestSchema).min(1).max(MOST_TESTS).optional(),
});

/** Exactly one of `tag`, `groups` and `private` says which elements are meant. */
const ruleSchema = z.strictObject({
  /** '(gggg,eeee)'; X stands for any digit, so '(60XX,3000)' is a repeating group. */
  tag: z
    .string()
    .regex(/^\([0-9A-Fa-fXx]{4},[0-9A-Fa-fXx]{4}\)$/, 'write a tag as (gggg,eeee), with X for any digit')
    .optional(),
  /** 'gggg' or 'gggg-gggg', both included. */
  groups: z
    .string()
    .regex(/^[0-9A-Fa-f]{4}(?:-[0-9A-Fa-f]{4})?$/, 'write groups as gggg or gggg-gggg')
    .optional(),
  /** A private attribute, wherever its block was placed (PS3.5 §7.8.1); without `element` the whole block. */
  private: z
    .strictObject({
      group: z.string().regex(/^[0-9A-Fa-f]{3}[13579BDFbdf]$/, 'write an odd group as gggg'),
      creator: z.string().trim().min(1),
      element: z
        .string()
        .regex(/^[0-9A-Fa-f]{2}$/, 'write the last two digits of the element')
        .optional(),
    })
    .optional(),
  /** Attributes that are not meant after all; for patterns and groups. */
  except: z.array(exactTag).min(1).optional(),
  /** Only where the IOD does not require the attribute (PS3.5 §7.4: type 3, or not listed), so that objects stay valid. */
  ifOptional: z.literal(true).optional(),
  when: conditionsSchema.optional(),
  action: z.enum(ACTIONS),
  value: z.string().optional(),
  /** For `derive`: the parts of the value, one after the other. */
  derive: derivedSchema.optional(),
  /** Write the attribute at the top of objects that lack it; for one tag and the actions replace, empty and derive. */
  create: z.literal(true).optional(),
  /** Why the rule is there; reports show it. */
  why: sentence,
  /** Needed where the rule lets more through than the profile would without it. Reports show it. */
  overrides: sentence.optional(),
});

export const profileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{1,30}$/, 'use 2 to 31 small letters, digits and hyphens'),
  version: z.string().regex(/^[0-9A-Za-z.-]{1,12}$/, 'use up to 12 letters, digits, points and hyphens'),
  title: sentence,
  /** Edition of Table E.1-1 that the profile was written for. */
  edition: z.string(),
  source: z.string().trim().min(1),
  /** A shipped profile that this one begins from. Its rules are asked after those given here. */
  extends: z.string().optional(),
  /** How patients and UIDs are named: by the site's own key, or as EUCAIM's tool Lethe names them. */
  identifiers: z.enum(['keyed', 'lethe']).optional(),
  /** What Modified Dates means: moved by days, or set to the first of their month. */
  dates: z.enum(['shift', 'month']).optional(),
  /** PS3.15 §E.3, each with its code of CID 7050. Given, they stand instead of those of the extended profile. */
  options: z.array(z.strictObject({ option: z.string(), code: z.string() })).optional(),
  /** In order: the first that applies to an element decides. */
  rules: z.array(ruleSchema).optional(),
});

export type ProfileText = z.infer<typeof profileSchema>;
export type RuleText = z.infer<typeof ruleSchema>;
export type RuleConditions = z.infer<typeof conditionsSchema>;

/** A profile after reading: nothing is left to be looked up in another file, so it can travel to the workers. */
export interface ProfileFile {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly edition: string;
  readonly source: string;
  /** The name of the profile it extends, or ''. */
  readonly extends: string;
  readonly identifiers: 'keyed' | 'lethe';
  readonly dates: 'shift' | 'month';
  readonly options: readonly string[];
  readonly rules: readonly RuleText[];
}
