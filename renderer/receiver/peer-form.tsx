import { Button, Checkbox, Group, Modal, NumberInput, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction } from '../client/queries.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';

type Peer = Answer<'listPeers'>['peers'][number];

const SERVICES = ['verification', 'storage', 'storage commitment'] as const;
const EMPTY: Omit<Peer, 'peerId'> = {
  tag: '',
  callingAeTitle: null,
  address: '',
  calledAeTitle: null,
  services: [...SERVICES],
  maximumAssociations: null,
  tlsRequired: false,
  fingerprints: [],
  dicomHost: null,
  dicomPort: null,
  enabled: true,
};

/** Adds a peer, or changes one; the node says what is wrong with an entry. */
export function PeerForm({ peer, onClose }: { peer?: Peer; onClose: () => void }) {
  const [values, setValues] = useState<Omit<Peer, 'peerId'>>(peer ?? EMPTY);
  const [pins, setPins] = useState((peer?.fingerprints ?? []).join('\n'));
  const done = (saved: Peer) => {
    announce(`${saved.tag} is saved; the next association goes by it.`);
    onClose();
  };
  const add = useAction('addPeer', done);
  const change = useAction('changePeer', done);
  const error = add.error ?? change.error;
  const set = (part: Partial<typeof values>) => setValues({ ...values, ...part });
  const text = (value: string) => (value.trim() === '' ? null : value);
  const number = (value: string | number) => (typeof value === 'number' ? value : null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const body = { ...values, fingerprints: values.tlsRequired ? pins.split(/\s+/).filter(Boolean) : [] };
    if (peer) change.mutate({ params: { id: peer.peerId }, body });
    else add.mutate({ body });
  };
  return (
    <Modal opened onClose={onClose} title={peer ? `Edit ${peer.tag}` : 'Add a peer'} size="lg">
      <form onSubmit={send} noValidate>
        <Stack>
          {error !== null && <ProblemNotice error={error} />}
          <TextInput
            label="Name"
            placeholder="MR suite 2"
            data-autofocus
            maxLength={64}
            value={values.tag}
            onChange={(event) => set({ tag: event.currentTarget.value })}
          />
          <Group grow align="flex-start">
            <TextInput
              label="Its AE title"
              description="Letter by letter; empty takes any"
              maxLength={16}
              value={values.callingAeTitle ?? ''}
              onChange={(event) => set({ callingAeTitle: text(event.currentTarget.value) })}
            />
            <TextInput
              label="Address"
              description="IP address, network (10.1.2.0/24) or host name"
              maxLength={253}
              value={values.address}
              onChange={(event) => set({ address: event.currentTarget.value })}
            />
          </Group>
          <Checkbox.Group
            label="It may use"
            value={values.services}
            onChange={(services) => set({ services: services as Peer['services'] })}
          >
            <Group mt={6}>
              {SERVICES.map((service) => (
                <Checkbox key={service} value={service} label={service} />
              ))}
            </Group>
          </Checkbox.Group>
          <Group grow align="flex-start">
            <TextInput
              label="AE title it calls"
              description="Empty: the title of this node"
              maxLength={16}
              value={values.calledAeTitle ?? ''}
              onChange={(event) => set({ calledAeTitle: text(event.currentTarget.value) })}
            />
            <NumberInput
              label="Associations at once"
              description="Empty: the limit of the receiver"
              min={1}
              max={1000}
              allowDecimal={false}
              hideControls
              value={values.maximumAssociations ?? ''}
              onChange={(value) => set({ maximumAssociations: number(value) })}
            />
          </Group>
          <Switch
            label="It must use TLS"
            checked={values.tlsRequired}
            onChange={(event) => set({ tlsRequired: event.currentTarget.checked })}
          />
          {values.tlsRequired && (
            <Textarea
              label="Certificates it may show"
              description="SHA-256 fingerprints, one per line; empty asks for none in particular"
              autosize
              minRows={2}
              value={pins}
              onChange={(event) => setPins(event.currentTarget.value)}
            />
          )}
          <Group grow align="flex-start">
            <TextInput
              label="Host it listens at itself"
              description="For reports this node sends to it; may stay empty"
              maxLength={253}
              value={values.dicomHost ?? ''}
              onChange={(event) => set({ dicomHost: text(event.currentTarget.value) })}
            />
            <NumberInput
              label="Port it listens at"
              description="With the host, or not at all"
              min={1}
              max={65535}
              allowDecimal={false}
              hideControls
              value={values.dicomPort ?? ''}
              onChange={(value) => set({ dicomPort: number(value) })}
            />
          </Group>
          <Switch
            label="Switched on"
            description="Switched off it is refused, also where a wider entry fits it."
            checked={values.enabled}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending || change.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
