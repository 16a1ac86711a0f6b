import { Button } from '@mantine/core';
import { IconDatabase, IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Answer } from '../client/call.ts';
import { useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Ago } from '../shared/ago.tsx';
import { Answered } from '../shared/answered.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Empty } from '../shared/empty.tsx';
import { formatBytes, formatCount } from '../shared/format.ts';
import { Page } from '../shared/page.tsx';
import { Panel } from '../shared/panel.tsx';
import { DatasetStateTag } from './dataset-state.tsx';

type Dataset = Answer<'listDatasets'>[number];

const COLUMNS: readonly Column<Dataset>[] = [
  {
    id: 'title',
    header: 'Title',
    cell: (dataset) => (
      <Link to="/datasets/$datasetId" params={{ datasetId: dataset.id }} className="row-link">
        {dataset.title}
      </Link>
    ),
  },
  { id: 'state', header: 'State', width: 112, cell: (dataset) => <DatasetStateTag state={dataset.state} /> },
  { id: 'condition', header: 'Condition', cell: (dataset) => dataset.condition.label },
  { id: 'patients', header: 'Patients', align: 'right', width: 84, cell: (dataset) => formatCount(dataset.patients) },
  { id: 'studies', header: 'Studies', align: 'right', width: 84, cell: (dataset) => formatCount(dataset.studies) },
  { id: 'series', header: 'Series', align: 'right', width: 84, cell: (dataset) => formatCount(dataset.series) },
  { id: 'bytes', header: 'Size', align: 'right', width: 92, cell: (dataset) => formatBytes(dataset.bytes) },
  {
    id: 'created',
    header: 'Drafted',
    width: 210,
    cell: (dataset) => (
      <>
        <Ago at={dataset.createdAt} /> <span className="dimmed">by {dataset.createdBy}</span>
      </>
    ),
  },
];

/** What the site has chosen to share, and how far each choice has come. */
export function DatasetsPage() {
  const query = useAnswer('listDatasets');
  const mayDraft = may(useUser(), 'draftDataset');
  const draft = mayDraft && (
    <Button key="draft" component={Link} to="/datasets/new" leftSection={<IconPlus size={16} aria-hidden />}>
      New dataset
    </Button>
  );
  const site = (
    <Button key="site" variant="default" component={Link} to="/datasets/site-record">
      Records of this site
    </Button>
  );
  return (
    <Page
      title="Datasets"
      subtitle="What the hub may see. Only published datasets are visible to it, and a release takes two people."
      actions={[site, draft]}
    >
      <Answered query={query}>
        {(datasets) =>
          datasets.length === 0 ? (
            <Empty icon={IconDatabase} title="No dataset yet" {...(draft ? { action: draft } : {})}>
              A dataset is a cohort of indexed studies with a description. Until one is published, the hub sees nothing.
            </Empty>
          ) : (
            <Panel title="All datasets" flush>
              <DataTable caption="Datasets" columns={COLUMNS} rows={datasets} keyOf={(dataset) => dataset.id} />
            </Panel>
          )
        }
      </Answered>
    </Page>
  );
}
