import { CloseButton } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import './toast.css';

const SHOWN_MILLISECONDS = 6_000;
const listeners = new Set<() => void>();
let current: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function change(text: string | undefined): void {
  current = text;
  for (const listener of listeners) listener();
}

/** Says that something was done, on screen and to a screen reader. */
export function announce(text: string): void {
  clearTimeout(timer);
  change(text);
  timer = setTimeout(() => change(undefined), SHOWN_MILLISECONDS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where announcements appear; once per window. */
export function Toast() {
  const text = useSyncExternalStore(subscribe, () => current);
  return (
    <div className="toast-region" role="status">
      {text !== undefined && (
        <div className="toast">
          <IconCircleCheck size={18} aria-hidden />
          <span>{text}</span>
          <CloseButton size="sm" aria-label="Dismiss" onClick={() => change(undefined)} />
        </div>
      )}
    </div>
  );
}
