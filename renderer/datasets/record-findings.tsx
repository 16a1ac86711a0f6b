import type { Answer } from '../client/call.ts';

type Finding = Answer<'getRecord'>['findings'][number];

/** What the shapes find, each a way to the property where the form is on the page. */
export function RecordFindings({ findings, linked = false }: { findings: readonly Finding[]; linked?: boolean }) {
  return (
    <ul className="record-missing">
      {findings.map(({ message, property }) => (
        <li key={message}>
          {linked && property !== null ? (
            <button type="button" onClick={() => lookAt(property)}>
              {message}
            </button>
          ) : (
            message
          )}
        </li>
      ))}
    </ul>
  );
}

function lookAt(property: string): void {
  const place = document.querySelector<HTMLElement>(`[data-property="${CSS.escape(property)}"]`);
  if (place === null) return;
  place.scrollIntoView({ block: 'center' });
  const input = place.querySelector<HTMLElement>('input, textarea, button');
  (input ?? place).focus();
}
