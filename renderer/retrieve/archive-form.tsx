import { Button, Group, Modal, NumberInput, SegmentedControl, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction } from '../client/queries.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import { linesOf } from './request-words.ts';

type Archive = Answer<'changeArchive'>;

const EMPTY = {
  tag: '',
  aeTitle: '',
  host: '',
  port: 104,
  callingAeTitle: '',
  certificateAuthorities: null as string | null,
  way: 'move' as Archive['way'],
  instancesPerSecond: null as number | null,
  studiesPerHour: null as number | null,
  concurrentStudies: 1,
  enabled: true,
};

interface ArchiveFormProps {
  /** Undefined for a new one. */
  readonly archive?: Archive;
  readonly timeZone: string;
  readonly onClose: () => void;
  /** Called with its name. */
  readonly onSaved: (tag: string) => void;
}

/** Adds a PACS, or changes one; the node says what is wrong with an entry. */
export function ArchiveForm({ archive, timeZone, onClose, onSaved }: ArchiveFormProps) {
  const [values, setValues] = useState<typeof EMPTY>({ ...EMPTY, ...archive });
  const [windows, setWindows] = useState((archive?.windows ?? []).join('\n'));
  const [pins, setPins] = useState((archive?.fingerprints ?? []).join('\n'));
  const done = ({ tag }: Archive) => {
    announce(`${tag} is saved; the next study goes by it.`);
    onClose();
    onSaved(tag);
  };
  const add = useAction('addArchive', done);
  const change = useAction('changeArchive', done);
  const error = add.error ?? change.error;
  const set = (part: Partial<typeof values>) => setValues({ ...values, ...part });
  const number = (value: string | number) => (typeof value === 'number' ? value : null);
  const tls = values.certificateAuthorities !== null;
  const send = (event: FormEvent) => {
    event.preventDefault();
    const calling = values.callingAeTitle.trim();
    const body = {
      ...values,
      callingAeTitle: calling === '' ? null : calling,
      windows: linesOf(windows),
      fingerprints: tls ? linesOf(pins) : [],
    };
    if (archive) change.mutate({ params: { tag: archive.tag }, body });
    else add.mutate({ body });
  };
  return (
    <Modal opened onClose={onClose} title={archive ? `Edit ${archive.tag}` : 'Add a PACS'} size="lg">
      <form onSubmit={send} noValidate>
        <Stack>
          {error !== null && <ProblemNotice error={error} />}
          {!archive && (
            <TextInput
              label="Name"
              description="What people call it; it stays"
              placeholder="Main PACS"
              data-autofocus
              maxLength={40}
              value={values.tag}
              onChange={(event) => set({ tag: event.currentTarget.value })}
            />
          )}
          <Group grow align="flex-start">
            <TextInput
              label="Its AE title"
              maxLength={16}
              value={values.aeTitle}
              onChange={(event) => set({ aeTitle: event.currentTarget.value })}
            />
            <TextInput
              label="Host"
              maxLength={253}
              value={values.host}
              onChange={(event) => set({ host: event.currentTarget.value })}
            />
            <NumberInput
              label="Port"
              min={1}
              max={65535}
              allowDecimal={false}
              hideControls
              value={values.port}
              onChange={(value) => set({ port: number(value) ?? 0 })}
            />
          </Group>
          <TextInput
            label="AE title this node calls itself"
            description="Register it at the PACS. Empty: the title of this node"
            maxLength={16}
            value={values.callingAeTitle}
            onChange={(event) => set({ callingAeTitle: event.currentTarget.value })}
          />
          <div>
            <SegmentedControl
              aria-label="How studies come"
              value={values.way}
              onChange={(way) => set({ way: way as Archive['way'] })}
              data={[
                { value: 'move', label: 'C-MOVE: the PACS calls back' },
                { value: 'get', label: 'C-GET: on the same connection' },
              ]}
            />
          </div>
          <Group grow align="flex-start">
            <NumberInput
              label="Studies at a time"
              description="From 1 to 8"
              min={1}
              max={8}
              allowDecimal={false}
              value={values.concurrentStudies}
              onChange={(value) => set({ concurrentStudies: number(value) ?? 1 })}
            />
            <NumberInput
              label="Instances a second"
              description="Empty: no limit"
              min={1}
              allowDecimal={false}
              hideControls
              value={values.instancesPerSecond ?? ''}
              onChange={(value) => set({ instancesPerSecond: number(value) })}
            />
            <NumberInput
              label="Studies an hour"
              description="Empty: no limit"
              min={1}
              allowDecimal={false}
              hideControls
              value={values.studiesPerHour ?? ''}
              onChange={(value) => set({ studiesPerHour: number(value) })}
            />
          </Group>
          <Textarea
            label="Windows in which a study may begin"
            description={`Cron expressions, one a line, in the time zone ${timeZone}; "* 20-23,0-5 * * *" is at night. Empty: at any time`}
            autosize
            minRows={1}
            value={windows}
            onChange={(event) => setWindows(event.currentTarget.value)}
          />
          <Switch
            label="It speaks TLS"
            checked={tls}
            onChange={(event) => set({ certificateAuthorities: event.currentTarget.checked ? '' : null })}
          />
          {tls && (
            <>
              <TextInput
                label="File of the certificate authorities"
                description="Full path of a PEM file on the computer where Gatehouse runs"
                value={values.certificateAuthorities ?? ''}
                onChange={(event) => set({ certificateAuthorities: event.currentTarget.value })}
              />
              <Textarea
                label="Certificates it may show"
                description="SHA-256 fingerprints, one a line; empty takes any that the authorities vouch for"
                autosize
                minRows={1}
                value={pins}
                onChange={(event) => setPins(event.currentTarget.value)}
              />
            </>
          )}
          <Switch
            label="Switched on"
            description="Switched off nothing is asked of it; its requests wait."
            checked={values.enabled}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending || change.isPending}>
              Save and examine
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
