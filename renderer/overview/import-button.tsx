import { Button, Modal, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFolderDown } from '@tabler/icons-react';
import { useState } from 'react';
import { ImportFolderForm } from './import-folder-form.tsx';
import { UploadForm } from './upload-form.tsx';

/** Imports files: from the computer where the node runs, or as a ZIP archive from the one where the browser does. */
export function ImportButton() {
  const [opened, { open, close }] = useDisclosure(false);
  const [busy, setBusy] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconFolderDown size={16} aria-hidden />} onClick={open}>
        Import files
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title="Import files"
        closeOnClickOutside={!busy}
        closeOnEscape={!busy}
        withCloseButton={!busy}
      >
        <Tabs defaultValue="node" keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="node" disabled={busy}>
              From the node’s computer
            </Tabs.Tab>
            <Tabs.Tab value="upload">Upload a ZIP archive</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="node">
            <ImportFolderForm onClose={close} />
          </Tabs.Panel>
          <Tabs.Panel value="upload">
            <UploadForm onClose={close} onBusy={setBusy} />
          </Tabs.Panel>
        </Tabs>
      </Modal>
    </>
  );
}
