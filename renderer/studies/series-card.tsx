import { IconPhotoOff } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import type { Answer } from '../client/call.ts';
import { formatBytes, plural } from '../shared/format.ts';
import { Tag } from '../shared/tag.tsx';
import { HarmonisedTable } from './harmonised-table.tsx';
import { EarlierValues, QuantityTable, ValueFindings } from './quantities.tsx';

type Series = Answer<'getStudy'>['seriesList'][number];

/** One series: a picture, what it is, and the origin of its harmonised values. */
export function SeriesCard({ series }: { series: Series }) {
  const id = useId();
  const name = series.description ?? 'Series without description';
  return (
    <article className="panel series" aria-labelledby={id}>
      <div className="series-top">
        <Thumbnail series={series} />
        <div className="series-body">
          <h2 id={id} className="series-title">
            {series.number !== null && <span className="dimmed number">{series.number} </span>}
            {name}
          </h2>
          <div className="tags">
            <Tag tone="accent">{series.modality}</Tag>
            {series.bodyPart !== null && <Tag tone="neutral">{series.bodyPart}</Tag>}
            {series.mayShowFace && <Tag tone="warning">may show a face</Tag>}
            {series.laterality !== null && <Tag tone="neutral">{series.laterality}</Tag>}
          </div>
          <p className="series-line">
            {[series.manufacturer, plural(series.instances, 'image'), formatBytes(series.bytes)]
              .filter((part): part is string => part !== null)
              .join(' · ')}
          </p>
          <p className="series-line mono break">{series.seriesUid}</p>
        </div>
      </div>
      {series.harmonised.length > 0 && (
        <HarmonisedTable caption={`Harmonised values of ${name}`} values={series.harmonised} />
      )}
      <EarlierValues earlier={series.earlier} />
      <QuantityTable caption={`Quantities of ${name}`} values={series.values} />
      <ValueFindings findings={series.findings} />
    </article>
  );
}

function Thumbnail({ series }: { series: Series }): ReactNode {
  const [failed, setFailed] = useState(false);
  if (series.thumbnailUrl === null || failed) {
    return (
      <div className="thumbnail thumbnail-none">
        <IconPhotoOff size={22} stroke={1.5} aria-hidden />
        <span>No preview</span>
      </div>
    );
  }
  const place = series.bodyPart === null ? '' : ` of ${series.bodyPart}`;
  return (
    <img
      className="thumbnail"
      src={series.thumbnailUrl}
      alt={`Preview of series ${series.number ?? 'without number'}: ${series.modality}${place}`}
      width={132}
      height={132}
      loading="lazy"
      onError={() => setFailed(true)}
    />
  );
}
