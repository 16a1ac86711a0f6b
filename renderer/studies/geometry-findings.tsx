import type { Answer } from '../client/call.ts';
import { plural } from '../shared/format.ts';
import { Tag } from '../shared/tag.tsx';

type Geometry = Answer<'getStudy'>['seriesList'][number]['geometry'];

/** What was found about the slices of a series: spacing, gaps, doubles. */
export function GeometryFindings({ geometry }: { geometry: Geometry }) {
  if (geometry === null) return null;
  const { slices, spacing, findings } = geometry;
  return (
    <>
      {slices > 1 && (
        <p className="series-line">
          {plural(slices, 'slice')}
          {spacing !== null && `, ${spacing} mm apart`}
        </p>
      )}
      {findings.map(({ name, severity, sentence }) => (
        <p key={name} className="series-line">
          <Tag tone={severity === 'warning' ? 'warning' : 'neutral'}>{name.replaceAll('-', ' ')}</Tag> {sentence}
        </p>
      ))}
    </>
  );
}
