import type { ReactNode } from 'react';
import type { Tone } from './notice.tsx';
import './tag.css';

/** A short word about a state; the word carries the meaning, the colour only helps. */
export function Tag({ tone, dot = false, children }: { tone: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className={`tag tone-${tone}`}>
      {dot && <span className="tag-dot" aria-hidden />}
      {children}
    </span>
  );
}
