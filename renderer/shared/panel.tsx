import { Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import './panel.css';

interface PanelProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly action?: ReactNode;
  /** Content reaches the edges, for tables. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A titled part of a screen. */
export function Panel({ title, description, action, flush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section className={flush ? 'panel panel-flush' : 'panel'} aria-labelledby={id}>
      <div className="panel-header">
        <div className="panel-heading">
          <Title order={2} id={id}>
            {title}
          </Title>
          {description !== undefined && <div className="panel-description">{description}</div>}
        </div>
        {action}
      </div>
      <div className="panel-body">{children}</div>
    </section>
  );
}
