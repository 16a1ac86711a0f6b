import { Button, Group, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { newDataset } from '../../node-agent/api/schemas.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { Page } from '../shared/page.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import { furtherOf } from '../studies/study-search.ts';
import { CohortFields } from './cohort-fields.tsx';
import { CohortPreview } from './cohort-preview.tsx';
import { type DatasetDraft, EMPTY_DRAFT, errorsOf } from './draft.ts';
import './datasets.css';

/** Drafts a dataset: who is in it, with live counts, and how it is described. */
export function NewDatasetPage() {
  const navigate = useNavigate();
  const facets = useAnswer('getFacets').data;
  const { query } = useSearch({ from: '/datasets/new' });
  const [draft, setDraft] = useState<DatasetDraft>({ ...EMPTY_DRAFT, query: furtherOf(query) });
  const [checked, setChecked] = useState(false);
  const errors = checked ? errorsOf(draft) : {};
  const create = useAction('draftDataset', (dataset) => {
    announce('The dataset is drafted. Next: check it.');
    void navigate({ to: '/datasets/$datasetId', params: { datasetId: dataset.id } });
  });
  const set = <K extends keyof DatasetDraft>(name: K, value: DatasetDraft[K]) =>
    setDraft((known) => ({ ...known, [name]: value }));
  const text = (name: 'title' | 'description' | 'publisher' | 'contactEmail' | 'provenance' | 'accessUrl') => ({
    name,
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value),
    error: errors[name],
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setChecked(true);
    const valid = newDataset.safeParse(draft);
    if (valid.success) create.mutate({ body: valid.data });
    else focusField(event.currentTarget, String(valid.error.issues[0]?.path[0]));
  };
  return (
    <Page
      title="New dataset"
      back={{ to: '/datasets', label: 'Datasets' }}
      subtitle="A draft stays inside. The hub sees it only after it was checked, released by a second person, and published."
    >
      <form onSubmit={send} noValidate className="columns columns-main-side">
        <div className="stack">
          {create.error !== null && <ProblemNotice error={create.error} />}
          <Panel title="Who is in it" description="Studies that fulfil every filter. An empty filter means any value.">
            <CohortFields facets={facets} query={draft.query} onChange={(query) => set('query', query)} />
          </Panel>
          <Panel
            title="How it is described"
            description="This begins the catalogue record; its form, with everything else, comes next. All fields are needed for the check."
          >
            <Stack gap="md">
              <TextInput label="Title" {...text('title')} maxLength={200} />
              <Textarea label="Description" {...text('description')} autosize minRows={3} maxLength={4000} />
              <div className="columns columns-two">
                <Select
                  label="Condition"
                  name="condition"
                  placeholder="Choose the cancer type"
                  data={(facets?.conditions ?? []).map(({ code, label }) => ({ value: code, label }))}
                  value={draft.condition === '' ? null : draft.condition}
                  onChange={(value) => set('condition', value ?? '')}
                  error={errors.condition}
                  searchable
                />
                <TagsInput
                  label="Keywords"
                  placeholder={draft.keywords.length === 0 ? 'Type a word, press Enter' : ''}
                  value={draft.keywords}
                  onChange={(value) => set('keywords', value)}
                />
                <TextInput label="Publisher" {...text('publisher')} placeholder="The institution" maxLength={200} />
                <TextInput label="Contact e-mail" type="email" {...text('contactEmail')} />
              </div>
              <Textarea
                label="Provenance"
                description="Where the studies come from and how they were chosen."
                {...text('provenance')}
                autosize
                minRows={2}
                maxLength={2000}
              />
              <TextInput
                label="Where access is asked for"
                description="Normally the address of the Negotiator."
                type="url"
                placeholder="https://"
                {...text('accessUrl')}
              />
            </Stack>
          </Panel>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => void navigate({ to: '/datasets' })}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Draft the dataset
            </Button>
          </Group>
        </div>
        <CohortPreview query={draft.query} />
      </form>
    </Page>
  );
}

function focusField(form: HTMLFormElement, name: string): void {
  form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`)?.focus();
}
