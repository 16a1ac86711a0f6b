import { Button } from '@mantine/core';
import { IconPhotoScan, IconSearchOff } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { usePages } from '../client/pages.ts';
import { may, useUser } from '../client/session.ts';
import { Empty } from '../shared/empty.tsx';
import { plural } from '../shared/format.ts';
import { Page } from '../shared/page.tsx';
import { VirtualTable } from '../shared/virtual-table.tsx';
import { ExportMenu } from './export-menu.tsx';
import { SavedQueries } from './saved-queries.tsx';
import { STUDY_COLUMNS } from './study-columns.tsx';
import { StudyFilters } from './study-filters.tsx';
import { queryOf, type StudySearch } from './study-search.ts';
import './studies.css';

/** All de-identified studies, newest first. */
export function StudiesPage() {
  const search = useSearch({ from: '/studies' });
  const navigate = useNavigate({ from: '/studies' });
  const user = useUser();
  const pages = usePages('listStudies', { ...search });
  const filtered = Object.keys(search).length > 0;
  const change = (next: StudySearch) => void navigate({ search: next, replace: true });
  return (
    <Page
      title="Studies"
      fill
      actions={
        <>
          <SavedQueries search={search} onChange={change} />
          {may(user, 'advanceDataset') && <ExportMenu search={search} />}
          {may(user, 'draftDataset') && (
            <Button
              variant="default"
              onClick={() => void navigate({ to: '/datasets/new', search: { query: JSON.stringify(queryOf(search)) } })}
            >
              Make a dataset
            </Button>
          )}
        </>
      }
      subtitle={
        <span role="status">
          {pages.total === undefined
            ? 'Loading'
            : filtered
              ? `${plural(pages.total, 'study', 'studies')} match${pages.total === 1 ? 'es' : ''}, newest first.`
              : `${plural(pages.total, 'study', 'studies')}, de-identified and verified, newest first.`}
        </span>
      }
    >
      <StudyFilters search={search} onChange={change} />
      {pages.total === 0 ? (
        filtered ? (
          <Empty
            icon={IconSearchOff}
            title="No study matches"
            action={
              <Button variant="default" onClick={() => change({})}>
                Clear the filters
              </Button>
            }
          >
            Search looks for words, each from its beginning, in descriptions, labels, protocols and models of the
            de-identified series, and for the beginning of pseudonyms and UIDs. All filters hold for one series.
          </Empty>
        ) : (
          <Empty
            icon={IconPhotoScan}
            title="No study is indexed yet"
            action={
              <Button component={Link} to="/" variant="default">
                How to send the first study
              </Button>
            }
          >
            Studies appear here when their objects have been de-identified and verified.
          </Empty>
        )
      ) : (
        <VirtualTable caption="Studies" columns={STUDY_COLUMNS} pages={pages} />
      )}
    </Page>
  );
}
