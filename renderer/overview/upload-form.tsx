import { Button, FileInput, Group, Progress, Stack, Text } from '@mantine/core';
import { IconFileZip } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useAnswer } from '../client/queries.ts';
import { type UploadProgress, uploadArchive } from '../client/upload.ts';
import { formatBytes, formatCount } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';

interface UploadFormProps {
  readonly onClose: () => void;
  /** Whether an archive is on its way, so that the dialog is not closed by a click beside it. */
  readonly onBusy: (busy: boolean) => void;
}

/** Sends a ZIP archive of the browser's computer to the node and tells what became of it. */
export function UploadForm({ onClose, onBusy }: UploadFormProps) {
  const [file, setFile] = useState<File | null>(null);
  const [progress, setProgress] = useState<UploadProgress>();
  const cancelling = useRef<AbortController>(undefined);
  const client = useQueryClient();
  const upload = useMutation({
    mutationFn: (chosen: File) => {
      cancelling.current = new AbortController();
      setProgress({ sentBytes: 0, totalBytes: chosen.size });
      return uploadArchive(chosen, setProgress, cancelling.current.signal);
    },
    onMutate: () => onBusy(true),
    onSettled: () => {
      onBusy(false);
      void client.invalidateQueries();
    },
  });
  // A dialog that is gone sends nothing more.
  useEffect(() => () => cancelling.current?.abort(new DOMException('The upload was cancelled.', 'AbortError')), []);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (file !== null) upload.mutate(file);
  };
  if (upload.data !== undefined) return <Outcome id={upload.data.id} onClose={onClose} />;
  if (upload.isPending && progress !== undefined) {
    const percent = progress.totalBytes === 0 ? 100 : (100 * progress.sentBytes) / progress.totalBytes;
    return (
      <Stack>
        <Text>
          {percent < 100 ? 'The archive is sent to the node.' : 'The archive is written to the disk of the node.'}
        </Text>
        <Progress value={percent} aria-label="Sent" size="lg" />
        <Text size="sm" className="dimmed number">
          {formatBytes(progress.sentBytes)} of {formatBytes(progress.totalBytes)}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel the upload
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={send}>
      <Stack>
        {upload.error !== null && <ProblemNotice error={upload.error} />}
        <FileInput
          label="ZIP archive"
          description="A file on the computer you sit at, e.g. the content of a CD packed as ZIP. Its DICOM files are imported and the copy of the archive is removed afterwards."
          placeholder="Choose a file"
          accept=".zip,application/zip"
          leftSection={<IconFileZip size={16} aria-hidden />}
          value={file}
          onChange={setFile}
          clearable
          clearButtonProps={{ 'aria-label': 'Choose no file' }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={file === null}>
            Upload and import
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The import of the archive, until it has ended. */
function Outcome({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const run = useAnswer('listImports').data?.find((candidate) => candidate.id === id);
  const running = run === undefined || run.state === 'waiting' || run.state === 'running';
  return (
    <Stack>
      {running ? (
        <Notice tone="info" title="The archive has arrived and is imported">
          {run === undefined || run.files === 0
            ? 'You may close this; the import goes on and stands under Imports.'
            : `${formatCount(run.files)} files so far: ${formatCount(run.accepted)} accepted, ${formatCount(run.refused)} refused. You may close this.`}
        </Notice>
      ) : (
        <Notice
          tone={run.state === 'done' ? 'good' : 'warning'}
          title={run.state === 'done' ? 'The archive is imported' : `The import is ${run.state}`}
        >
          {run.sentence}
        </Notice>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
