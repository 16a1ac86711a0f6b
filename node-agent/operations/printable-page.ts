/** A document as one HTML page that prints well: what a hospital files, signs or hands on. */

export interface PageTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface PageSection {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table?: PageTable;
}

export interface Page {
  readonly title: string;
  /** One sentence under the title. */
  readonly introduction: string;
  readonly sections: readonly PageSection[];
}

const STYLE = `
body { font: 11pt/1.45 system-ui, sans-serif; color: #111; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; break-after: avoid; }
table { border-collapse: collapse; width: 100%; font-size: 0.9em; }
th, td { border: 1px solid #999; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead { display: table-header-group; } tr { break-inside: avoid; } th { background: #eee; }
@page { size: A4; margin: 18mm; } @media print { body { margin: 0; max-width: none; } }`;

/** @param styleNonce where the page is served under a content security policy */
export function printablePage({ title, introduction, sections }: Page, styleNonce?: string): string {
  const nonce = styleNonce === undefined ? '' : ` nonce="${escaped(styleNonce)}"`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<title>${escaped(title)}</title><style${nonce}>${STYLE}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    `<p>${escaped(introduction)}</p>`,
    ...sections.map(sectionHtml),
    '</body></html>',
  ].join('\n');
}

function sectionHtml({ title, paragraphs, table }: PageSection): string {
  const text = paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('\n');
  return `<section><h2>${escaped(title)}</h2>\n${text}\n${table ? tableHtml(table) : ''}</section>`;
}

function tableHtml({ head, rows }: PageTable): string {
  if (rows.length === 0) return '';
  const cells = (tag: 'th' | 'td', row: readonly string[]) =>
    row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('');
  const heading = head.some((cell) => cell !== '') ? `<thead><tr>${cells('th', head)}</tr></thead>` : '';
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  return `<table>${heading}<tbody>\n${body}\n</tbody></table>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
