import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconXboxX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import './notice.css';

export type Tone = 'good' | 'warning' | 'bad' | 'neutral' | 'info' | 'accent';

const ICONS = {
  good: IconCircleCheck,
  warning: IconAlertTriangle,
  bad: IconXboxX,
  neutral: IconInfoCircle,
  info: IconInfoCircle,
  accent: IconInfoCircle,
} as const;

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children?: ReactNode;
  /** The one next step. */
  readonly action?: ReactNode;
  /** Spoken at once when it appears; for problems met by what the user just did. */
  readonly urgent?: boolean;
}

/** A sentence that matters, with its next step. */
export function Notice({ tone, title, children, action, urgent = false }: NoticeProps) {
  const Icon = ICONS[tone];
  return (
    <div className={`notice tone-${tone}`} role={urgent ? 'alert' : undefined}>
      <Icon className="notice-icon" size={18} aria-hidden />
      <div className="notice-body">
        {title !== undefined && <p className="notice-title">{title}</p>}
        {children !== undefined && <div className="notice-text">{children}</div>}
      </div>
      {action !== undefined && <div className="notice-action">{action}</div>}
    </div>
  );
}
