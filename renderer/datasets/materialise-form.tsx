import { Button, Checkbox, Group, Modal, Radio, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction } from '../client/queries.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';

interface MaterialiseFormProps {
  readonly dataset: Answer<'getDataset'>;
  /** The setting materialise.folder. */
  readonly folder: string | null;
  /** The setting materialise.objects. */
  readonly objects: 'link' | 'copy';
  readonly onClose: () => void;
}

/** Where a dataset is written to, in which layout, and with which recipe. */
export function MaterialiseForm({ dataset, folder: usual, objects, onClose }: MaterialiseFormProps) {
  const [folder, setFolder] = useState(usual ?? '');
  const [layout, setLayout] = useState<'eucaim' | 'bids'>('eucaim');
  const [copy, setCopy] = useState(objects === 'copy');
  const [recipe, setRecipe] = useState('');
  const start = useAction('startMaterialisation', () => {
    announce('The dataset is being written. Its progress is shown on this page.');
    onClose();
  });
  const read = recipeOf(recipe);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const chosen = layout === 'bids' && read.value !== undefined ? { recipe: read.value } : {};
    start.mutate({ params: { id: dataset.id }, body: { folder: folder.trim(), layout, copy, ...chosen } });
  };
  return (
    <Modal opened onClose={onClose} title={`Write to a folder: ${dataset.title}`}>
      <form onSubmit={send}>
        <Stack>
          {start.error !== null && <ProblemNotice error={start.error} />}
          <TextInput
            label="Folder"
            description="A full path on the computer where Gatehouse runs. The dataset gets a folder of its own in it; on the disk of the data folder it takes next to no space."
            placeholder="/srv/eucaim/data"
            value={folder}
            onChange={(event) => setFolder(event.currentTarget.value)}
            data-autofocus
            required
            withAsterisk={false}
          />
          <Radio.Group
            label="Layout"
            value={layout}
            onChange={(value) => setLayout(value === 'bids' ? 'bids' : 'eucaim')}
          >
            <Stack gap="xs" mt="xs">
              <Radio
                value="eucaim"
                label="EUCAIM common file structure"
                description="DICOM objects with the tables of the common data model. What the federation’s tools expect."
              />
              <Radio
                value="bids"
                label="BIDS and MIDS"
                description="NIfTI volumes with sidecars, named by kind of image. For tools that read no DICOM."
              />
            </Stack>
          </Radio.Group>
          {layout === 'eucaim' ? (
            <Checkbox
              label="Copies instead of links"
              description="Links are read-only names of the archive’s own files and take no space. Choose copies where programs run as a superuser and the folder is not mounted read-only for them."
              checked={copy}
              onChange={(event) => setCopy(event.currentTarget.checked)}
            />
          ) : (
            <Textarea
              label="Recipe (optional)"
              description="Steps that harmonise the volumes, as JSON. Empty leaves values and grid as the scanner made them."
              placeholder='{"steps":[{"step":"reorient","to":"RAS"}]}'
              value={recipe}
              error={read.problem}
              autosize
              minRows={3}
              onChange={(event) => setRecipe(event.currentTarget.value)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={start.isPending}
              disabled={folder.trim() === '' || (layout === 'bids' && read.problem !== undefined)}
            >
              Write the dataset
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function recipeOf(text: string): { readonly value?: unknown; readonly problem?: string } {
  if (text.trim() === '') return {};
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: 'This is not JSON.' };
  }
}
