import { useState } from 'react';
import { useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { Figures } from '../shared/figures.tsx';
import { formatCount } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Page } from '../shared/page.tsx';
import { DraftPanel } from './draft-panel.tsx';
import { FilePanel } from './file-panel.tsx';
import { ClinicalImportsPanel } from './imports-panel.tsx';
import type { Draft } from './mapping-edit.ts';

/** Clinical tables of the patients: files in, under the pseudonyms and shifted dates of the images. */
export function ClinicalPage() {
  const [draft, setDraft] = useState<Draft>();
  const query = useAnswer('getClinical');
  const mayImport = may(useUser(), 'readClinicalFile');
  return (
    <Page
      title="Clinical data"
      subtitle="Tables of the common data model. Patient IDs become the pseudonyms of the images, and dates move by the same days."
    >
      <div className="stack">
        {!mayImport && <Notice tone="neutral" title="Clinical files are imported by administrators" />}
        {mayImport && draft === undefined && <FilePanel onRead={setDraft} />}
        {draft !== undefined && <DraftPanel key={draft.id} draft={draft} onDone={() => setDraft(undefined)} />}
        <Answered query={query}>
          {({ patients, tables, imports }) => (
            <>
              <Figures
                figures={[
                  { label: 'Patients with clinical data', value: formatCount(patients) },
                  ...tables.map(({ table, rows }) => ({ label: table.replaceAll('_', ' '), value: formatCount(rows) })),
                ]}
              />
              <ClinicalImportsPanel imports={imports} />
            </>
          )}
        </Answered>
      </div>
    </Page>
  );
}
