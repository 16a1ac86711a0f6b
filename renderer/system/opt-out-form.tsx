import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAction } from '../client/queries.ts';
import { Notice } from '../shared/notice.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';

const EMPTY = { patientId: '', issuer: '', everyIssuer: false };

/** Enters that a patient objects; what is withdrawn cannot be had back but by sending it again. */
export function OptOutForm({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [values, setValues] = useState(EMPTY);
  const [checked, setChecked] = useState(false);
  const missing = values.patientId.trim() === '';
  const close = () => {
    setValues(EMPTY);
    setChecked(false);
    enter.reset();
    onClose();
  };
  const enter = useAction('optOut', () => {
    announce('The objection is entered; the objects of this patient are withdrawn now.');
    close();
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    const { patientId, issuer, everyIssuer } = values;
    if (!missing) enter.mutate({ body: { patientId, issuer: issuer.trim() === '' ? null : issuer, everyIssuer } });
  };
  return (
    <Modal opened={opened} onClose={close} title="A patient objects">
      <form onSubmit={send} noValidate>
        <Stack>
          {enter.error !== null && <ProblemNotice error={enter.error} />}
          <Notice tone="warning" title="Everything of the patient is withdrawn at once">
            Objects, originals and index entries are deleted, datasets that hold the patient are taken back or
            withdrawn, and whatever comes later is refused.
          </Notice>
          <TextInput
            label="Patient ID"
            description="As the hospital writes it. It is not kept, only a fingerprint of it."
            autoComplete="off"
            data-autofocus
            value={values.patientId}
            maxLength={64}
            onChange={(event) => setValues({ ...values, patientId: event.currentTarget.value })}
            error={checked && missing ? 'Enter the Patient ID.' : undefined}
          />
          <TextInput
            label="Issuer of the Patient ID"
            description="Leave it empty where it does not matter."
            autoComplete="off"
            value={values.issuer}
            maxLength={64}
            onChange={(event) => setValues({ ...values, issuer: event.currentTarget.value })}
          />
          <Checkbox
            label="All patients with this ID are meant, whoever issued it"
            checked={values.everyIssuer}
            onChange={(event) => setValues({ ...values, everyIssuer: event.currentTarget.checked })}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" color="red" loading={enter.isPending}>
              Withdraw everything
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
