import { Tabs } from '@mantine/core';
import { useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { CodeBlock } from '../shared/code-block.tsx';
import { Panel } from '../shared/panel.tsx';

/** The catalogue record as it would leave. */
export function RecordPanel({ datasetId }: { datasetId: string }) {
  const query = useAnswer('getRecord', { params: { id: datasetId } });
  return (
    <Panel title="Catalogue record" description="EUCAIM DCAT-AP, with counts computed from the index.">
      <Answered query={query} height={240}>
        {(record) => (
          <Tabs defaultValue="turtle" keepMounted={false}>
            <Tabs.List mb="sm">
              <Tabs.Tab value="turtle">Turtle</Tabs.Tab>
              <Tabs.Tab value="jsonld">JSON-LD</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="turtle">
              <CodeBlock name="the record as Turtle" text={record.turtle} />
            </Tabs.Panel>
            <Tabs.Panel value="jsonld">
              <CodeBlock name="the record as JSON-LD" text={JSON.stringify(record.jsonld, null, 2)} />
            </Tabs.Panel>
          </Tabs>
        )}
      </Answered>
    </Panel>
  );
}
