import { Title } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import './page.css';

interface PageProps {
  readonly title: string;
  /** Shown instead of the title where it may hold more than text. */
  readonly heading?: ReactNode;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  readonly back?: { readonly to: NonNullable<LinkProps['to']>; readonly label: string };
  /** The page fills the window and scrolls inside itself. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}

/** One screen: document title, heading that takes the focus after navigation, actions, content. */
export function Page({ title, heading, subtitle, actions, back, fill = false, children }: PageProps) {
  return (
    <div className={fill ? 'page page-fill' : 'page'}>
      <title>{`${title} · Gatehouse`}</title>
      <header className="page-header">
        <div className="page-heading">
          {back !== undefined && (
            <Link to={back.to} className="page-back">
              <IconChevronLeft size={14} aria-hidden /> {back.label}
            </Link>
          )}
          <Title order={1} id="page-title" tabIndex={-1}>
            {heading ?? title}
          </Title>
          {subtitle !== undefined && <div className="page-subtitle">{subtitle}</div>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
