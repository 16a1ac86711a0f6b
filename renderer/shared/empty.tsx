import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import './empty.css';

interface EmptyProps {
  readonly icon: Icon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Nothing to show, why, and what to do next. */
export function Empty({ icon: IconShown, title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      <IconShown size={28} stroke={1.5} aria-hidden />
      <p className="empty-title">{title}</p>
      {children !== undefined && <div className="empty-text">{children}</div>}
      {action}
    </div>
  );
}
