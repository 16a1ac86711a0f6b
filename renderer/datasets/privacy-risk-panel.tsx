import { Button, Group, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { Figures } from '../shared/figures.tsx';
import { formatCount, plural } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import { choicesInWords, LEVEL_WORDS, withLevel } from './generalisation-words.ts';
import './assessment.css';

type DatasetDetail = Answer<'getDataset'>;
type Risk = Answer<'getPrivacyRisk'>;
type Choices = Risk['choices'];
type KFigures = Answer<'previewPrivacyRisk'>;

/** How many patients look alike, what tells them apart, and coarser choices with the k they would give. */
export function PrivacyRiskPanel({ dataset }: { dataset: DatasetDetail }) {
  const query = useAnswer('getPrivacyRisk', { params: { id: dataset.id } });
  return (
    <Panel
      title="Privacy risk"
      description="k is how many patients look alike in everything the dataset shows: age, dates, device, sex, body part, modality and clinical values."
    >
      <Answered query={query} height={320}>
        {(risk) => <Risk key={JSON.stringify(risk.choices)} dataset={dataset} risk={risk} />}
      </Answered>
    </Panel>
  );
}

function Risk({ dataset, risk }: { dataset: DatasetDetail; risk: Risk }) {
  const [chosen, setChosen] = useState<Choices>(risk.choices);
  const user = useUser();
  const mayChoose = dataset.state === 'draft' && may(user, 'generaliseDataset');
  const store = useAction('generaliseDataset', () => announce('The dataset shows its patients as you chose.'));
  const changed = JSON.stringify(chosen) !== JSON.stringify(risk.choices);
  return (
    <div className="stack">
      <RiskFigures figures={risk} limits={risk.limits} />
      <Verdict risk={risk} />
      {mayChoose && risk.suggestion !== null && (
        <Notice
          tone="info"
          title={`These choices give k ${formatCount(risk.suggestion.k)}`}
          action={
            <Button size="xs" variant="default" onClick={() => setChosen(risk.suggestion?.choices ?? chosen)}>
              Choose these
            </Button>
          }
        >
          {choicesInWords(risk.suggestion.choices)}
        </Notice>
      )}
      <Attributes risk={risk} chosen={chosen} changed={changed} onChoose={mayChoose ? setChosen : undefined} />
      {mayChoose && changed && (
        <div className="choice-preview">
          {store.error !== null && <ProblemNotice error={store.error} />}
          <Preview datasetId={dataset.id} choices={chosen} limits={risk.limits} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setChosen(risk.choices)}>
              Undo
            </Button>
            <Button
              loading={store.isPending}
              onClick={() => store.mutate({ params: { id: dataset.id }, body: chosen })}
            >
              Use these choices
            </Button>
          </Group>
        </div>
      )}
      {!mayChoose && <p className="dimmed">{standingWords(dataset)}</p>}
    </div>
  );
}

function standingWords({ state }: DatasetDetail): string {
  if (state === 'draft') return 'Officers and administrators choose how coarsely the dataset shows its patients.';
  return 'The choices are fixed with the contents. A new version, or taking the dataset back to draft, lets them be changed.';
}

function RiskFigures({ figures, limits }: { figures: KFigures; limits: Risk['limits'] }) {
  return (
    <Figures
      figures={[
        { label: 'k', value: formatCount(figures.k), hint: 'smallest group that looks alike' },
        { label: 'Patients', value: formatCount(figures.patients) },
        { label: 'Unique', value: share(figures.uniques, figures.patients), hint: 'look like nobody else' },
        { label: `Below ${limits.block}`, value: share(figures.belowBlock, figures.patients), hint: 'no release' },
        {
          label: `Below ${limits.warn}`,
          value: share(figures.belowWarn, figures.patients),
          hint: 'release with a reason',
        },
      ]}
    />
  );
}

function share(count: number, of: number): string {
  const percent = of === 0 ? 0 : Math.ceil((100 * count) / of);
  return count === 0 ? '0' : `${formatCount(count)} (${percent} %)`;
}

function Verdict({ risk: { k, patients, limits, causes, attributes } }: { risk: Risk }) {
  if (patients === 0) return null;
  const titles = new Map(attributes.map(({ id, title }) => [id, title]));
  const sets = causes.map((set) => set.map((id) => titles.get(id) ?? id).join(' and '));
  if (k < limits.block) {
    return (
      <Notice
        tone="bad"
        title={`With k ${formatCount(k)} this dataset cannot be released; it takes ${formatCount(limits.block)}`}
      >
        {sets.length > 0
          ? `What tells patients apart: ${sets.join('; or ')}. Without it nobody would be below ${formatCount(limits.block)}.`
          : 'Several attributes together tell patients apart; no three of them alone.'}
      </Notice>
    );
  }
  if (k < limits.warn) {
    return (
      <Notice tone="warning" title={`k ${formatCount(k)} is below ${formatCount(limits.warn)}`}>
        A release has to be acknowledged with a reason by a named person.
      </Notice>
    );
  }
  return <Notice tone="good">Every patient looks like {plural(k - 1, 'other')} at least.</Notice>;
}

interface AttributesProps {
  readonly risk: Risk;
  readonly chosen: Choices;
  /** Whether it differs from what is stored: k by level holds for what is stored. */
  readonly changed: boolean;
  readonly onChoose: ((choices: Choices) => void) | undefined;
}

/** Each attribute with its levels; a level says which k it would give with the other choices as they are stored. */
function Attributes({ risk, chosen, changed, onChoose }: AttributesProps) {
  return (
    <div className="attributes">
      {risk.attributes.map((attribute) => {
        const { id, title, clinical, levels } = attribute;
        const level = clinical
          ? chosen.clinicalColumns.includes(id)
            ? 'dropped'
            : 'kept'
          : String(chosen[id as keyof Choices]);
        return (
          <NativeSelect
            key={id}
            label={title}
            disabled={onChoose === undefined}
            value={level}
            data={levels.map((one) => ({
              value: one.level,
              label: changed
                ? (LEVEL_WORDS[one.level] ?? one.level)
                : `${LEVEL_WORDS[one.level] ?? one.level} – k ${formatCount(one.k)}`,
            }))}
            onChange={(event) => onChoose?.(withLevel(chosen, id, clinical, event.currentTarget.value))}
          />
        );
      })}
    </div>
  );
}

function Preview({ datasetId, choices, limits }: { datasetId: string; choices: Choices; limits: Risk['limits'] }) {
  const query = useAnswer('previewPrivacyRisk', { params: { id: datasetId }, body: choices });
  return (
    <section aria-live="polite" aria-label="With these choices">
      <p className="check-title">With these choices, not stored yet</p>
      <Answered query={query} height={64}>
        {(figures) => <RiskFigures figures={figures} limits={limits} />}
      </Answered>
    </section>
  );
}
