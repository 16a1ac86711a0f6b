import { Button, Group, Modal, Skeleton, Stack } from '@mantine/core';
import { useEffect } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction } from '../client/queries.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Facts } from '../shared/facts.tsx';
import { formatTime } from '../shared/format.ts';
import type { Tone } from '../shared/notice.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { Tag } from '../shared/tag.tsx';

type Report = Answer<'examineArchive'>;
type Service = Report['services'][number];

const TONES: Readonly<Record<Report['steps'][number]['outcome'], Tone>> = {
  ok: 'good',
  failed: 'bad',
  unknown: 'neutral',
};

const COLUMNS: readonly Column<Service>[] = [
  { id: 'name', header: 'Service or class', cell: ({ name }) => <span className="break">{name}</span> },
  {
    id: 'accepted',
    header: 'Accepted with',
    cell: ({ transferSyntaxes }) =>
      transferSyntaxes.length === 0 ? (
        <Tag tone="warning">not accepted</Tag>
      ) : (
        <span className="break">{transferSyntaxes.join(', ')}</span>
      ),
  },
];

function factsOf({ latencyMilliseconds, certificateEnds }: Report) {
  return [
    ...(latencyMilliseconds === null ? [] : [['Answer to a C-ECHO', `${latencyMilliseconds} ms`] as const]),
    ...(certificateEnds === null ? [] : [['Certificate ends', formatTime(certificateEnds)] as const]),
  ];
}

/** The connection to a PACS, looked at step by step. */
export function Doctor({ tag, onClose }: { tag: string; onClose: () => void }) {
  const { mutate, data, error, isPending } = useAction('examineArchive');
  useEffect(() => mutate({ params: { tag } }), [mutate, tag]);
  return (
    <Modal opened onClose={onClose} title={`The connection to ${tag}`} size="lg">
      <Stack>
        {error !== null && <ProblemNotice error={error} />}
        {isPending && <Skeleton height={140} radius="md" aria-label="Loading" role="status" />}
        {data && !isPending && (
          <>
            <ol className="doctor-steps">
              {data.steps.map(({ step, outcome, sentence }) => (
                <li key={step} className="doctor-step">
                  <span>
                    <Tag tone={TONES[outcome]}>{outcome}</Tag>
                  </span>
                  <span className="doctor-step-name">{step}</span>
                  <span className="break">{sentence}</span>
                </li>
              ))}
            </ol>
            <Facts facts={factsOf(data)} />
            {data.services.length > 0 && (
              <DataTable
                caption="What the PACS accepts"
                columns={COLUMNS}
                rows={data.services}
                keyOf={({ name }) => name}
              />
            )}
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" loading={isPending} onClick={() => mutate({ params: { tag } })}>
            Look again
          </Button>
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
