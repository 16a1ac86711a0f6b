/** What was done to objects, as sections of a page to print and to sign. */
import type { PageSection } from '../../operations/printable-page.ts';
import type { CountedRemark, TreatmentFigures } from './treatment-tally.ts';

export function treatmentSections({
  profiles,
  claimedCodes,
  disagreements,
  overrides,
  actions,
}: TreatmentFigures): PageSection[] {
  return [
    {
      title: 'Profiles and tables',
      paragraphs: [],
      table: {
        head: ['Profile', 'Version', 'Edition of PS3.15 Table E.1-1', 'SHA-256 of profile and tables', 'Objects'],
        rows: profiles.map(({ id, version, edition, hash, objects }) => [id, version, edition, hash, String(objects)]),
      },
    },
    {
      title: 'Methods that the objects claim (PS3.16 CID 7050)',
      paragraphs: ['Clean Pixel Data and Clean Recognizable Visual Features (113101, 113102) are never claimed.'],
      table: {
        head: ['Code', 'Meaning', 'Objects'],
        rows: claimedCodes.map(({ code, meaning, objects }) => [code, meaning, String(objects)]),
      },
    },
    remarks('Options of the profile that disagreed; the stricter won', disagreements),
    remarks('Rules that let through more than the basic profile, with their reason', overrides),
    {
      title: 'Actions by attribute',
      paragraphs: ['Attributes that were kept as they are do not appear.'],
      table: {
        head: ['Attribute', 'Action', 'Rule', 'Objects', 'Elements'],
        rows: actions.map(({ attribute, action, rule, objects, elements }) => [
          attribute,
          action,
          rule,
          String(objects),
          String(elements),
        ]),
      },
    },
  ];
}

export const SIGNATURE: PageSection = {
  title: 'Signature',
  paragraphs: ['Data protection officer, date and place:', '_'.repeat(60)],
};

function remarks(title: string, counted: readonly CountedRemark[]): PageSection {
  if (counted.length === 0) return { title, paragraphs: ['None.'] };
  const rows = counted.map(({ sentence, objects }) => [sentence, String(objects)]);
  return { title, paragraphs: [], table: { head: ['Remark', 'Objects'], rows } };
}
