import { Button, Tabs } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useAnswer } from '../client/queries.ts';
import { requestPath } from '../client/request-path.ts';
import { Answered } from '../shared/answered.tsx';
import { CodeBlock } from '../shared/code-block.tsx';
import { plural } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { RecordFindings } from './record-findings.tsx';
import './record-form.css';

const FILES = [
  { extension: 'ttl', label: 'Turtle' },
  { extension: 'jsonld', label: 'JSON-LD' },
  { extension: 'xlsx', label: 'Spreadsheet' },
] as const;

/** The catalogue record as it would leave, what is missing, and its forms to save. */
export function RecordPanel({ datasetId }: { datasetId: string }) {
  const query = useAnswer('getRecord', { params: { id: datasetId } });
  return (
    <Panel
      title="Catalogue record"
      description="EUCAIM DCAT-AP, with counts computed from the index and disclosed by the policy."
      action={
        <Link to="/datasets/$datasetId/record" params={{ datasetId }} className="page-back">
          Open the form
        </Link>
      }
    >
      <Answered query={query} height={240}>
        {(record) => (
          <>
            <Standing findings={record.findings} approved={record.approved} />
            <div className="record-files">
              {FILES.map(({ extension, label }) => (
                <Button
                  key={extension}
                  component="a"
                  variant="default"
                  size="compact-sm"
                  leftSection={<IconDownload size={14} />}
                  href={requestPath(`/datasets/${encodeURIComponent(datasetId)}/record.${extension}`)}
                  download
                >
                  {label}
                </Button>
              ))}
              <Button
                component="a"
                variant="subtle"
                size="compact-sm"
                href={requestPath('/record/shapes.ttl')}
                download
              >
                SHACL shapes
              </Button>
            </div>
            <Tabs defaultValue="turtle" keepMounted={false}>
              <Tabs.List mb="sm">
                <Tabs.Tab value="turtle">Turtle</Tabs.Tab>
                <Tabs.Tab value="jsonld">JSON-LD</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="turtle">
                <CodeBlock name="the record as Turtle" text={record.turtle} />
              </Tabs.Panel>
              <Tabs.Panel value="jsonld">
                <CodeBlock name="the record as JSON-LD" text={JSON.stringify(record.jsonld, null, 2)} />
              </Tabs.Panel>
            </Tabs>
          </>
        )}
      </Answered>
    </Panel>
  );
}

function Standing({
  findings,
  approved,
}: {
  readonly findings: Parameters<typeof RecordFindings>[0]['findings'];
  readonly approved: boolean;
}) {
  const errors = findings.filter(({ severity }) => severity === 'violation');
  if (errors.length > 0) {
    return (
      <Notice tone="warning" title={`${plural(errors.length, 'thing')} still missing`}>
        <RecordFindings findings={errors} />
      </Notice>
    );
  }
  return (
    <Notice tone={approved ? 'good' : 'info'}>
      {approved
        ? 'Complete and approved: this is what harvesters get.'
        : 'Complete. It is marked as a draft until the dataset is published.'}
    </Notice>
  );
}
