import { requestPath } from '../client/request-path.ts';
import { PageLink } from '../shared/page-link.tsx';

/** Opens the DICOM Conformance Statement of this node, for reading and printing. */
export function ConformanceLink() {
  return <PageLink address={requestPath('/conformance-statement')}>Conformance statement</PageLink>;
}
