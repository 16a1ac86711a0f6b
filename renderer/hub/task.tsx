import { UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { Answer } from '../client/call.ts';
import { Ago } from '../shared/ago.tsx';
import { CodeBlock } from '../shared/code-block.tsx';
import { formatTimeExactly } from '../shared/format.ts';
import { Notice, type Tone } from '../shared/notice.tsx';
import { Tag } from '../shared/tag.tsx';

type HubTask = Answer<'listHubTasks'>['rows'][number];

const TONES: Readonly<Record<HubTask['state'], Tone>> = {
  received: 'info',
  claimed: 'info',
  answered: 'good',
  refused: 'warning',
  expired: 'neutral',
};

/** One question in words; opened, the search as it came beside the answer as it left. */
export function Task({ task, opened: initially }: { task: HubTask; opened: boolean }) {
  const [opened, setOpened] = useState(initially);
  const id = useId();
  return (
    <li className="panel task">
      <UnstyledButton
        className="task-head"
        aria-expanded={opened}
        aria-controls={id}
        onClick={() => setOpened((known) => !known)}
      >
        <IconChevronRight className="task-chevron" size={16} aria-hidden />
        <span className="task-question">{task.question}</span>
        <span className="task-when">
          <Ago at={task.receivedAt} />
        </span>
        <Tag tone={TONES[task.state]} dot>
          {task.state}
        </Tag>
      </UnstyledButton>
      <div id={id} hidden={!opened} className="task-body">
        {opened && <TaskBody task={task} />}
      </div>
    </li>
  );
}

function TaskBody({ task }: { task: HubTask }) {
  return (
    <>
      <p className="task-line">
        From <span className="mono break">{task.from}</span>, received {formatTimeExactly(task.receivedAt)}
        {task.answeredAt !== null && <>, answered {formatTimeExactly(task.answeredAt)}</>}. Task{' '}
        <span className="mono break">{task.taskId}</span>
      </p>
      {task.reason !== null && <Notice tone={TONES[task.state]}>{task.reason}</Notice>}
      <div className="columns columns-two">
        <div>
          <h3>The question as it came (Focus AST)</h3>
          <CodeBlock name="the question" text={JSON.stringify(task.ast, null, 2)} maxHeight={360} />
        </div>
        <div>
          <h3>The exact answer that left</h3>
          {task.answer === null || task.answer === undefined ? (
            <p className="panel-empty">Nothing left this node for this question.</p>
          ) : (
            <CodeBlock name="the answer that left" text={JSON.stringify(task.answer, null, 2)} maxHeight={360} />
          )}
        </div>
      </div>
    </>
  );
}
