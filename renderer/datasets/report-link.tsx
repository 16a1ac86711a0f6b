import { requestPath } from '../client/request-path.ts';
import { PageLink } from '../shared/page-link.tsx';

/** Opens the de-identification report of a dataset, which the data protection officer prints and signs. */
export function ReportLink({ datasetId }: { datasetId: string }) {
  const address = requestPath(`/datasets/${encodeURIComponent(datasetId)}/report/page`);
  return <PageLink address={address}>De-identification report</PageLink>;
}
