import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { call } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { plural } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import type { Draft, Mapping } from './mapping-edit.ts';
import { MappingTable } from './mapping-table.tsx';
import { ReportPanel } from './report-panel.tsx';

type Report = Answer<'checkClinicalFile'>;

/** A file that was read: its mapping, what an import would do, and the import. */
export function DraftPanel({ draft, onDone }: { draft: Draft; onDone: () => void }) {
  const [mapping, setMapping] = useState<Mapping>(draft.proposal);
  const [admitUnknown, setAdmitUnknown] = useState(false);
  const [validRowsOnly, setValidRowsOnly] = useState(false);
  const [saveAs, setSaveAs] = useState('');
  const [report, setReport] = useState<Report>();
  const [imported, setImported] = useState(false);
  const [loadFault, setLoadFault] = useState<unknown>(null);
  const targets = useAnswer('listClinicalTargets');
  const saved = useAnswer('listClinicalMappings');
  const check = useAction('checkClinicalFile', setReport);
  const run = useAction('importClinicalFile', (outcome) => {
    setReport(outcome.report);
    setImported(outcome.importId !== null);
    if (outcome.importId !== null) announce(`Imported: ${plural(outcome.report.counts.rows, 'row')}.`);
  });
  const discard = useAction('discardClinicalFile');
  const change = (next: Mapping) => {
    setMapping(next);
    setReport(undefined);
  };
  const load = async (name: string | null) => {
    if (name === null) return;
    try {
      setLoadFault(null);
      change((await call('getClinicalMapping', { params: { name } })).mapping);
    } catch (error) {
      setLoadFault(error);
    }
  };
  const params = { id: draft.id };
  const choice = { mapping, admitUnknown, validRowsOnly };
  const recognised = draft.recognised.map(({ what, value }) => `${what}: ${value}`).join(', ');
  return (
    <>
      <Panel
        title="What the columns become"
        description={`Recognised ${recognised}. The node proposes; look at every line. Names, addresses and free text have no place in the common data model and are left aside.`}
      >
        <div className="stack">
          {[targets.error, saved.error, loadFault, check.error, run.error]
            .filter((error) => error !== null)
            .map((error) => (
              <ProblemNotice key={String(error)} error={error} />
            ))}
          {draft.findings.length > 0 && (
            <Notice tone="warning" title={plural(draft.findings.length, 'finding')}>
              {draft.findings.slice(0, 5).map(({ place, message }) => (
                <p key={`${place} ${message}`}>
                  {place}: {message}
                </p>
              ))}
            </Notice>
          )}
          {(saved.data ?? []).length > 0 && (
            <Select
              label="Use a saved mapping"
              placeholder="The proposal"
              data={(saved.data ?? []).map(({ name }) => name)}
              onChange={(name) => void load(name)}
              style={{ maxWidth: 360 }}
            />
          )}
          <Answered query={targets}>
            {(known) =>
              mapping.parts.map((part, index) => {
                const own = draft.parts.find((one) => one.part === part.part);
                return (
                  <div key={part.part ?? 'table'}>
                    {part.part !== null && <h3>{part.part}</h3>}
                    <MappingTable
                      part={part}
                      sketches={own?.columns ?? []}
                      targets={known}
                      onChange={(next) => change({ ...mapping, parts: mapping.parts.with(index, next) })}
                    />
                  </div>
                );
              })
            }
          </Answered>
          <Checkbox
            label="Take patients that have no images here yet"
            description="They get the pseudonym their images will have. Otherwise an unknown Patient ID is an error: it may be a typing mistake."
            checked={admitUnknown}
            onChange={({ currentTarget: { checked } }) => {
              setAdmitUnknown(checked);
              setReport(undefined);
            }}
          />
          <Checkbox
            label="Import the valid rows only"
            description="Lines with errors are left out and counted. Otherwise one error stops the whole file."
            checked={validRowsOnly}
            onChange={({ currentTarget: { checked } }) => {
              setValidRowsOnly(checked);
              setReport(undefined);
            }}
          />
          <TextInput
            label="Save the mapping as"
            description="To use it for the next file of this kind. Leave it empty to use it once."
            maxLength={100}
            value={saveAs}
            onChange={({ currentTarget: { value } }) => setSaveAs(value)}
            style={{ maxWidth: 360 }}
          />
          <Stack gap="xs">
            <Group justify="flex-end">
              <Button
                variant="default"
                onClick={() => {
                  if (!imported) discard.mutate({ params });
                  onDone();
                }}
              >
                {imported ? 'Done' : 'Discard the file'}
              </Button>
              {!imported && (
                <>
                  <Button
                    variant="default"
                    loading={check.isPending}
                    onClick={() => check.mutate({ params, body: choice })}
                  >
                    Check
                  </Button>
                  <Button
                    loading={run.isPending}
                    disabled={report?.importable !== true}
                    onClick={() =>
                      run.mutate({
                        params,
                        body: { ...choice, ...(saveAs.trim() === '' ? {} : { saveAs: saveAs.trim() }) },
                      })
                    }
                  >
                    Import
                  </Button>
                </>
              )}
            </Group>
          </Stack>
        </div>
      </Panel>
      {report !== undefined && <ReportPanel report={report} imported={imported} />}
    </>
  );
}
