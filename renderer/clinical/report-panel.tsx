import type { Answer } from '../client/call.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Figures } from '../shared/figures.tsx';
import { formatCount, plural } from '../shared/format.ts';
import { Notice, type Tone } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';

type Report = Answer<'checkClinicalFile'>;
type Finding = Report['findings'][number];

const TONES: Readonly<Record<Finding['level'], Tone>> = { error: 'bad', warning: 'warning', note: 'neutral' };
const COLUMNS: readonly Column<Finding & { readonly key: string }>[] = [
  { id: 'level', header: 'Level', width: 100, cell: ({ level }) => <Tag tone={TONES[level]}>{level}</Tag> },
  { id: 'place', header: 'Where', width: '28%', cell: ({ place }) => <span className="break">{place}</span> },
  { id: 'what', header: 'What is wrong, and what to do', cell: ({ message }) => message },
];

/** What an import would do or did, place by place and without values. */
export function ReportPanel({ report, imported }: { report: Report; imported: boolean }) {
  const { counts, errors, warnings, notes, findings, importable, tables } = report;
  const listed = findings.map((finding, index) => ({ ...finding, key: String(index) }));
  return (
    <Panel
      title={imported ? 'What was imported' : 'What an import would do'}
      description="Places of the file; no value of it is shown or kept."
    >
      <div className="stack">
        {!imported && (
          <Notice
            tone={importable ? 'good' : 'warning'}
            title={importable ? 'All of this can be imported' : 'Nothing would be imported'}
            urgent
          >
            {importable
              ? `${plural(counts.rows, 'row')} of ${plural(counts.patients, 'patient')} would be written, all together.`
              : counts.rows === 0 && errors === 0
                ? 'Every row of it is in the index already, or nothing is mapped.'
                : `${plural(errors, 'error')} to correct in the file or in the mapping. Or import the valid rows only.`}
          </Notice>
        )}
        <Figures
          figures={[
            { label: 'Lines', value: formatCount(counts.lines) },
            { label: 'Left out', value: formatCount(counts.linesLeftOut) },
            {
              label: 'Patients',
              value: formatCount(counts.patients),
              hint: `${formatCount(counts.newPatients)} without images`,
            },
            { label: 'Objected', value: formatCount(counts.objected) },
            {
              label: 'Rows',
              value: formatCount(counts.rows),
              hint: tables.map(({ table, rows }) => `${table} ${rows}`).join(', '),
            },
          ]}
        />
        {listed.length > 0 && <DataTable caption="Findings" columns={COLUMNS} rows={listed} keyOf={({ key }) => key} />}
        {errors + warnings + notes > findings.length && (
          <Notice tone="info">
            {plural(errors + warnings + notes - findings.length, 'finding')} more are not listed.
          </Notice>
        )}
      </div>
    </Panel>
  );
}
