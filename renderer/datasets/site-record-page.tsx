import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { formatTime } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Page } from '../shared/page.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import { type FormContext, RecordProperties } from './record-form.tsx';
import { answersOf, fieldsOf, type RecordTable } from './record-form-fields.ts';

/** What is the same for every record of the hospital, answered once. */
export function SiteRecordPage() {
  const site = useAnswer('getSiteRecord');
  const table = useAnswer('getRecordTable');
  return (
    <Page
      title="Records of this site"
      back={{ to: '/datasets', label: 'Datasets' }}
      subtitle="Answered once: stands in every record whose dataset does not say otherwise. A dataset that was checked keeps the answers it was checked with."
    >
      <Answered query={table} height={480}>
        {(properties) => (
          <Answered query={site} height={480}>
            {(answer) => <SiteForm key={answer.version} answer={answer} table={properties} />}
          </Answered>
        )}
      </Answered>
    </Page>
  );
}

function SiteForm({ answer, table }: { readonly answer: Answer<'getSiteRecord'>; readonly table: RecordTable }) {
  const [dataset, setDataset] = useState(() => fieldsOf(answer.dataset));
  const [catalogue, setCatalogue] = useState(() => fieldsOf(answer.catalogue));
  const [everything, setEverything] = useState(false);
  const editable = may(useUser(), 'saveSiteRecord');
  const save = useAction('saveSiteRecord', () => announce('The answers of the site are saved.'));
  const context: FormContext = {
    table,
    labels: {},
    computed: {},
    fallback: {},
    fallbackName: '',
    disabled: !editable,
    everything,
  };
  const asked = (shape: string) => (table.shapes[shape]?.properties ?? []).filter(({ origin }) => origin === 'asked');
  return (
    <form
      noValidate
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          body: { version: answer.version, dataset: answersOf(dataset), catalogue: answersOf(catalogue) },
        });
      }}
    >
      {!editable && <Notice tone="info">An administrator answers these.</Notice>}
      <Switch
        label="Optional properties too"
        checked={everything}
        onChange={(event) => setEverything(event.currentTarget.checked)}
      />
      <Panel
        title="In the record of every dataset"
        description="Leave the health data access body empty until one is designated for your region: a stand-in is forbidden."
      >
        <RecordProperties
          context={context}
          properties={asked('dataset').filter(({ site }) => site === true)}
          fields={dataset}
          onChange={setDataset}
        />
      </Panel>
      <Panel
        title="The catalogue itself"
        description="How the list of the published datasets is described to harvesters, under /fdp."
      >
        <RecordProperties
          context={context}
          properties={asked('catalogue')}
          fields={catalogue}
          onChange={setCatalogue}
        />
      </Panel>
      {save.error !== null && <ProblemNotice error={save.error} />}
      {editable && (
        <div className="record-save">
          <span className="dimmed">
            {answer.savedAt === null
              ? 'Nothing saved yet.'
              : `Saved by ${answer.savedBy}, ${formatTime(answer.savedAt)}.`}
          </span>
          <Button type="submit" loading={save.isPending}>
            Save for the site
          </Button>
        </div>
      )}
    </form>
  );
}
