import { Link } from '@tanstack/react-router';
import type { Answer } from '../client/call.ts';
import { Ago } from '../shared/ago.tsx';
import type { Column } from '../shared/data-table.tsx';
import { formatBytes, formatCount, formatDay, formatSex } from '../shared/format.ts';
import { Tag } from '../shared/tag.tsx';

type Study = Answer<'listStudies'>['rows'][number];

/** The study list, one line per study; the pseudonym leads to the study. */
export const STUDY_COLUMNS: readonly Column<Study>[] = [
  {
    id: 'patient',
    header: 'Patient',
    width: 190,
    cell: (study) => (
      <Link
        to="/studies/$studyUid"
        params={{ studyUid: study.studyUid }}
        className="row-link mono"
        title={study.patientId}
      >
        {study.patientId}
      </Link>
    ),
  },
  {
    id: 'sex',
    header: 'Sex',
    width: 72,
    cell: (study) => (study.sex === null ? <span className="dimmed">–</span> : formatSex(study.sex)),
  },
  {
    id: 'age',
    header: 'Age',
    width: 52,
    align: 'right',
    cell: (study) => (study.ageYears === null ? <span className="dimmed">–</span> : study.ageYears),
  },
  {
    id: 'date',
    header: 'Date (shifted)',
    width: 118,
    cell: (study) => <span className="number">{study.studyDate === null ? '–' : formatDay(study.studyDate)}</span>,
  },
  {
    id: 'modalities',
    header: 'Modality',
    width: 118,
    cell: (study) => (
      <span className="tags tags-line">
        {study.modalities.map((modality) => (
          <Tag key={modality} tone="accent">
            {modality}
          </Tag>
        ))}
      </span>
    ),
  },
  {
    id: 'bodyParts',
    header: 'Body part',
    width: 116,
    cell: (study) => study.bodyParts.join(', ') || <span className="dimmed">not known</span>,
  },
  {
    id: 'description',
    header: 'Description',
    cell: (study) => <span title={study.description ?? ''}>{study.description}</span>,
  },
  { id: 'series', header: 'Series', width: 70, align: 'right', cell: (study) => formatCount(study.series) },
  { id: 'instances', header: 'Images', width: 76, align: 'right', cell: (study) => formatCount(study.instances) },
  { id: 'bytes', header: 'Size', width: 88, align: 'right', cell: (study) => formatBytes(study.bytes) },
  { id: 'indexed', header: 'Indexed', width: 142, align: 'right', cell: (study) => <Ago at={study.indexedAt} /> },
];
