import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Brand } from '../shell/brand.tsx';
import './threshold.css';

interface ThresholdProps {
  readonly title: string;
  readonly description?: string;
  readonly children: ReactNode;
}

/** The frame of the screens before the console: brand, one card, nothing else. */
export function Threshold({ title, description, children }: ThresholdProps) {
  return (
    <main className="threshold">
      <title>{title === 'Gatehouse' ? title : `${title} · Gatehouse`}</title>
      <div className="threshold-card">
        <Brand />
        <Title order={1}>{title}</Title>
        {description !== undefined && <p className="threshold-description">{description}</p>}
        {children}
      </div>
    </main>
  );
}
