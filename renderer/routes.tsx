import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { AuditPage } from './audit/audit-page.tsx';
import { DatasetPage } from './datasets/dataset-page.tsx';
import { DatasetsPage } from './datasets/datasets-page.tsx';
import { readDraftSearch } from './datasets/draft.ts';
import { NewDatasetPage } from './datasets/new-dataset-page.tsx';
import { HubPage } from './hub/hub-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { QuarantinePage } from './quarantine/quarantine-page.tsx';
import { AssociationPage } from './receiver/association-page.tsx';
import { ReceiverPage } from './receiver/receiver-page.tsx';
import { Fault } from './shell/fault.tsx';
import { NotFound } from './shell/not-found.tsx';
import { Shell } from './shell/shell.tsx';
import { StudiesPage } from './studies/studies-page.tsx';
import { StudyPage } from './studies/study-page.tsx';
import { readStudySearch } from './studies/study-search.ts';
import { SystemPage } from './system/system-page.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const at = <P extends string>(path: P) => ({ getParentRoute: () => root, path }) as const;
const tab = (search: Record<string, unknown>): { tab?: string } =>
  typeof search.tab === 'string' ? { tab: search.tab } : {};

// Loaded when they are first looked at, so that the first screen does not wait for them.
const RetrievePage = lazyRouteComponent(() => import('./retrieve/retrieve-page.tsx'), 'RetrievePage');
const ClinicalPage = lazyRouteComponent(() => import('./clinical/clinical-page.tsx'), 'ClinicalPage');
const RecordPage = lazyRouteComponent(() => import('./datasets/record-page.tsx'), 'RecordPage');
const SiteRecordPage = lazyRouteComponent(() => import('./datasets/site-record-page.tsx'), 'SiteRecordPage');
const RequestPage = lazyRouteComponent(() => import('./retrieve/request-page.tsx'), 'RequestPage');
const CurationPage = lazyRouteComponent(() => import('./curation/curation-page.tsx'), 'CurationPage');

const routeTree = root.addChildren([
  createRoute({ ...at('/'), component: OverviewPage }),
  createRoute({ ...at('/studies'), component: StudiesPage, validateSearch: readStudySearch }),
  createRoute({ ...at('/studies/$studyUid'), component: StudyPage }),
  createRoute({
    ...at('/quarantine'),
    component: QuarantinePage,
    validateSearch: (search: Record<string, unknown>): { cause?: string } =>
      typeof search.cause === 'string' ? { cause: search.cause } : {},
  }),
  createRoute({ ...at('/curation'), component: CurationPage }),
  createRoute({ ...at('/datasets'), component: DatasetsPage }),
  createRoute({ ...at('/datasets/site-record'), component: SiteRecordPage }),
  createRoute({ ...at('/datasets/new'), component: NewDatasetPage, validateSearch: readDraftSearch }),
  createRoute({ ...at('/datasets/$datasetId'), component: DatasetPage }),
  createRoute({ ...at('/datasets/$datasetId/record'), component: RecordPage }),
  createRoute({ ...at('/hub'), component: HubPage, validateSearch: tab }),
  createRoute({ ...at('/receiver'), component: ReceiverPage, validateSearch: tab }),
  createRoute({ ...at('/receiver/$associationId'), component: AssociationPage }),
  createRoute({ ...at('/retrieve'), component: RetrievePage, validateSearch: tab }),
  createRoute({ ...at('/retrieve/$requestId'), component: RequestPage }),
  createRoute({ ...at('/clinical'), component: ClinicalPage }),
  createRoute({ ...at('/audit'), component: AuditPage }),
  createRoute({ ...at('/system'), component: SystemPage, validateSearch: tab }),
]);

/** The screens and their addresses. */
export const router = createRouter({ routeTree, scrollRestoration: true, defaultErrorComponent: Fault });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
