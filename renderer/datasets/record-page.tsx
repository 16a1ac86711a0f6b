import { Button, Switch } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { formatTime, plural } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Page } from '../shared/page.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import { RecordFindings } from './record-findings.tsx';
import { type FormContext, RecordProperties } from './record-form.tsx';
import { answersOf, fieldsOf, groupsOf, isShownAtFirst, type RecordTable } from './record-form-fields.ts';

type RecordFormAnswer = Answer<'getRecordForm'>;

/** The catalogue record of one dataset, as a form: what people answer, what is computed, what is still missing. */
export function RecordPage() {
  const { datasetId } = useParams({ from: '/datasets/$datasetId/record' });
  const form = useAnswer('getRecordForm', { params: { id: datasetId } });
  const table = useAnswer('getRecordTable');
  return (
    <Page
      title="Catalogue record"
      back={{ to: `/datasets/${datasetId}`, label: form.data?.title ?? 'Dataset' }}
      subtitle="How the dataset is described to researchers: EUCAIM DCAT-AP. Nothing of it leaves before the dataset is released by a second person and published."
    >
      <Answered query={table} height={480}>
        {(properties) => (
          <Answered query={form} height={480}>
            {(answer) => <RecordForm key={answer.version} answer={answer} table={properties} />}
          </Answered>
        )}
      </Answered>
    </Page>
  );
}

function RecordForm({ answer, table }: { readonly answer: RecordFormAnswer; readonly table: RecordTable }) {
  const [fields, setFields] = useState(() => fieldsOf(answer.answers));
  const [everything, setEverything] = useState(false);
  const user = useUser();
  const editable = answer.state === 'draft' && may(user, 'saveRecord');
  const save = useAction('saveRecord', () => announce('The record is saved.'));
  const shown = (table.shapes.dataset?.properties ?? []).filter(
    (property) => everything || isShownAtFirst(property, fields),
  );
  const context: FormContext = {
    table,
    labels: answer.labels,
    computed: fieldsOf(answer.computed),
    fallback: fieldsOf(answer.site),
    fallbackName: "From the site's answers",
    disabled: !editable,
    everything,
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          params: { id: answer.datasetId },
          body: { version: answer.version, answers: answersOf(fields) },
        });
      }}
    >
      <div className="columns columns-main-side">
        <div className="stack">
          {!editable && <Fixed answer={answer} />}
          {groupsOf(shown).map(([group, properties]) => (
            <Panel key={group} title={group}>
              <RecordProperties context={context} properties={properties} fields={fields} onChange={setFields} />
            </Panel>
          ))}
        </div>
        <div className="stack record-side">
          <Missing answer={answer} />
          <Panel title="Show">
            <Switch
              label="Optional properties too"
              checked={everything}
              onChange={(event) => setEverything(event.currentTarget.checked)}
            />
          </Panel>
        </div>
      </div>
      {save.error !== null && <ProblemNotice error={save.error} />}
      {editable && (
        <div className="record-save">
          <span className="dimmed">{savedWords(answer)}</span>
          <Button type="submit" loading={save.isPending}>
            Save the record
          </Button>
        </div>
      )}
    </form>
  );
}

function savedWords({ savedBy, savedAt }: RecordFormAnswer): string {
  if (savedAt === null) return 'As it was declared when the dataset was drafted.';
  return `Saved by ${savedBy}, ${formatTime(savedAt)}.`;
}

function Fixed({ answer: { state } }: { readonly answer: RecordFormAnswer }) {
  if (state === 'draft') {
    return <Notice tone="info">An administrator answers these. Ask one where something is missing or wrong.</Notice>;
  }
  return (
    <Notice tone="info" title={`The record of a ${state} dataset is fixed`}>
      Take a checked dataset back to draft to change it, or make a new version of the dataset.
    </Notice>
  );
}

function Missing({ answer: { findings } }: { readonly answer: RecordFormAnswer }) {
  const errors = findings.filter(({ severity }) => severity === 'violation');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  return (
    <Panel
      title="Still missing"
      description={
        errors.length === 0
          ? 'Nothing: the record passes the shapes of the profile. What you change is looked at when you save.'
          : `${plural(errors.length, 'thing')} to answer or correct before the dataset passes its check.`
      }
    >
      {errors.length > 0 && <RecordFindings findings={errors} linked />}
      {warnings.length > 0 && (
        <Notice tone="neutral">
          <RecordFindings findings={warnings} linked />
        </Notice>
      )}
    </Panel>
  );
}
