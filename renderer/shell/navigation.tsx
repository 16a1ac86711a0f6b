import { VisuallyHidden } from '@mantine/core';
import {
  IconArrowsExchange,
  IconClipboardHeart,
  IconCloudDownload,
  IconDatabase,
  IconHistory,
  IconLayoutDashboard,
  IconPhotoScan,
  IconPlugConnected,
  IconServerCog,
  IconShieldPause,
  IconTags,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useAnswer } from '../client/queries.ts';
import { formatCount } from '../shared/format.ts';

const SCREENS = [
  { to: '/', label: 'Overview', icon: IconLayoutDashboard },
  { to: '/receiver', label: 'Receiver', icon: IconPlugConnected },
  { to: '/retrieve', label: 'Retrieve', icon: IconCloudDownload },
  { to: '/studies', label: 'Studies', icon: IconPhotoScan },
  { to: '/clinical', label: 'Clinical data', icon: IconClipboardHeart },
  { to: '/quarantine', label: 'Quarantine', icon: IconShieldPause },
  { to: '/curation', label: 'Curation', icon: IconTags },
  { to: '/datasets', label: 'Datasets', icon: IconDatabase },
  { to: '/hub', label: 'Hub', icon: IconArrowsExchange },
  { to: '/audit', label: 'Audit', icon: IconHistory },
  { to: '/system', label: 'System', icon: IconServerCog },
] as const;

/** The screens; what waits in quarantine is counted beside its name. */
export function Navigation() {
  const quarantined = useAnswer('getOverview').data?.counts.quarantined ?? 0;
  return (
    <ul className="rail-list">
      {SCREENS.map(({ to, label, icon: Icon }) => (
        <li key={to}>
          <Link to={to} className="rail-link" activeOptions={{ exact: to === '/', includeSearch: false }}>
            <Icon size={18} stroke={1.7} aria-hidden />
            <span>{label}</span>
            {to === '/quarantine' && quarantined > 0 && (
              <span className="rail-count number">
                {formatCount(quarantined)}
                <VisuallyHidden> objects</VisuallyHidden>
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}
