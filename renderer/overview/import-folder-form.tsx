import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAction } from '../client/queries.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';

/** Starts the import of a folder or ZIP archive on the computer where the node runs. */
export function ImportFolderForm({ onClose }: { readonly onClose: () => void }) {
  const [folder, setFolder] = useState('');
  const startImport = useAction('startImport', () => {
    announce('The import has started. Its progress is shown on this page.');
    onClose();
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (folder.trim() !== '') startImport.mutate({ body: { folder: folder.trim() } });
  };
  return (
    <form onSubmit={send}>
      <Stack>
        {startImport.error !== null && <ProblemNotice error={startImport.error} />}
        <TextInput
          label="Folder or ZIP archive"
          description="A full path on the computer where Gatehouse runs. All DICOM files in it are imported; the originals stay as they are."
          placeholder="/mnt/export/2024"
          value={folder}
          onChange={(event) => setFolder(event.currentTarget.value)}
          data-autofocus
          required
          withAsterisk={false}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={startImport.isPending} disabled={folder.trim() === ''}>
            Import
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
