import { Button, Group, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useAnswer } from '../../client/queries.ts';
import { Answered } from '../../shared/answered.tsx';
import { Facts } from '../../shared/facts.tsx';
import { formatCount, plural } from '../../shared/format.ts';
import { Panel } from '../../shared/panel.tsx';

/** What a code or label of the hyper-ontology means. */
export function CodeLookup() {
  const [text, setText] = useState('');
  const [asked, setAsked] = useState<string>();
  const ask = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') setAsked(text.trim());
  };
  return (
    <Panel
      title="Look up a code"
      description="A code of the EUCAIM hyper-ontology, of either generation, or the label of a class."
    >
      <div className="stack">
        <form onSubmit={ask}>
          <Group align="flex-end">
            <TextInput
              label="Code or label"
              placeholder="IMG1000022"
              value={text}
              maxLength={200}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" leftSection={<IconSearch size={15} aria-hidden />}>
              Look up
            </Button>
          </Group>
        </form>
        {asked !== undefined && <Explained code={asked} />}
      </div>
    </Panel>
  );
}

function Explained({ code }: { code: string }) {
  const query = useAnswer('explainCode', { params: { code } });
  return (
    <Answered query={query}>
      {(found) => (
        <Facts
          facts={[
            [
              'Code',
              <span className="mono" key="code">
                {found.code}
              </span>,
            ],
            ['Label', found.label],
            ['OMOP domain', found.omopDomain ?? 'None'],
            ['A kind of', found.parents.length === 0 ? 'The table in use does not say' : found.parents.join(', ')],
            ['Also written', found.equivalents.length === 0 ? 'No other code' : found.equivalents.join(', ')],
            [
              'In tables',
              found.vocabularies.length === 0
                ? 'None: no value of an image becomes this code'
                : found.vocabularies
                    .map(({ table, label, spellings }) => `${table} as ${label}, ${plural(spellings, 'spelling')}`)
                    .join('; '),
            ],
            ['Indexed values', formatCount(found.indexedValues)],
          ]}
        />
      )}
    </Answered>
  );
}
