import { CopyButton } from './copy-button.tsx';
import './code-block.css';

interface CodeBlockProps {
  readonly name: string;
  readonly text: string;
  /** Height beyond which the block scrolls, in pixels. */
  readonly maxHeight?: number;
}

/** A text to be read exactly as it is; scrolls by itself, with a copy button. */
export function CodeBlock({ name, text, maxHeight = 420 }: CodeBlockProps) {
  return (
    <div className="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="code-block-text" tabIndex={0} aria-label={name} style={{ maxHeight }}>
        <pre>{text}</pre>
      </section>
      <div className="code-block-copy">
        <CopyButton value={text} name={name} />
      </div>
    </div>
  );
}
