import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { Ago } from '../shared/ago.tsx';
import { Facts } from '../shared/facts.tsx';
import { formatAttribute, plural } from '../shared/format.ts';
import { Tag } from '../shared/tag.tsx';
import { DecideForm } from './decide-form.tsx';
import type { Pattern } from './pattern.ts';
import { TakeBack } from './take-back.tsx';

/** One pattern: what makes it, a series to look at, what the rules found, and the decision. */
export function PatternCard({ pattern, mayDecide }: { pattern: Pattern; mayDecide: boolean }) {
  const id = useId();
  const { attribute, asked, series, decided } = pattern;
  const name = pattern.shown[0]?.[1] ?? 'Series without words';
  return (
    <article className="panel curation-card" aria-labelledby={id}>
      <Example pattern={pattern} />
      <div className="curation-body">
        <h2 id={id} className="curation-title">
          {formatAttribute(attribute)} of <span className="break">{name}</span>
        </h2>
        <div className="tags">
          <Tag tone="neutral">{plural(series, 'series', 'series')}</Tag>
          {decided === null && asked < series && <Tag tone="neutral">{asked} of them unsure</Tag>}
          {decided !== null && <Tag tone="good">{decided.label ?? 'none of the concepts'}</Tag>}
        </div>
        <Facts facts={pattern.shown.map(([label, text]): [string, string] => [label, text])} />
      </div>
      <div className="curation-body">
        <h3 className="curation-heading">What the rules found in the example</h3>
        {pattern.evidence.length === 0 ? (
          <p className="dimmed">Nothing in header or words speaks for any concept.</p>
        ) : (
          <ul className="curation-list">
            {pattern.evidence.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
        {pattern.candidates.length > 0 && (
          <ul className="curation-list" aria-label="Candidates">
            {pattern.candidates.map(({ code, label, confidence }) => (
              <li key={code}>
                {label} <span className="dimmed number">{Math.round(confidence * 100)} %</span>
              </li>
            ))}
          </ul>
        )}
        {decided !== null && (
          <p>
            Decided by {decided.by}, <Ago at={decided.at} />.
          </p>
        )}
        {mayDecide && (decided === null ? <DecideForm pattern={pattern} /> : <TakeBack pattern={pattern} />)}
      </div>
    </article>
  );
}

function Example({ pattern }: { pattern: Pattern }) {
  const [failed, setFailed] = useState(false);
  return (
    <Link className="curation-example" to="/studies/$studyUid" params={{ studyUid: pattern.exampleStudyUid }}>
      {pattern.thumbnailUrl !== null && !failed && (
        <img
          src={pattern.thumbnailUrl}
          alt="Preview of an example"
          width={132}
          height={132}
          loading="lazy"
          onError={() => setFailed(true)}
        />
      )}
      <span>Study of an example</span>
    </Link>
  );
}
