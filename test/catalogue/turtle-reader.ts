/**
 * A strict reader for the Turtle and JSON-LD that records use; both become lists of triples that
 * can be compared. Blank nodes are named by the path that leads to them.
 */
const TOKEN =
  /\s*(?:(@prefix)|<([^<>"{}|^`\\\s]*)>|"((?:[^"\\\n\r]|\\["\\nrt])*)"(?:@([a-z]+)|\^\^([a-z]+:\w+))?|([a-z]+):([A-Za-z]\w*)|([a-z]*):(?=\s)|(a)(?=\s)|([[\];,.]))/uy;
const UNESCAPED: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type';

export function triplesOfTurtle(text: string): string[] {
  const tokens: RegExpMatchArray[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new Error(`No Turtle at ${JSON.stringify(text.slice(at, at + 40))}`);
    tokens.push(match);
  }
  let position = 0;
  const triples: string[] = [];
  const prefixes = new Map<string, string>();
  const peek = () => tokens[position];
  const next = () => tokens[position++] ?? fail('more');
  const fail = (wanted: string): never => {
    throw new Error(`Expected ${wanted} at token ${position}: ${tokens[position]?.[0]}`);
  };
  const punctuation = (sign: string) => next()[10] === sign || fail(sign);
  const expand = (prefix: string, local: string) =>
    (prefixes.get(prefix) ?? fail(`a declared prefix, not ${prefix}`)) + local;
  const iriOf = (token: RegExpMatchArray): string =>
    token[2] ?? (token[6] === undefined ? fail('an IRI') : expand(token[6], token[7] ?? ''));

  const objectOf = (path: string): string => {
    const token = next();
    if (token[10] === '[') {
      propertiesOf(path);
      punctuation(']');
      return `_:${path}`;
    }
    if (token[3] === undefined) return `<${iriOf(token)}>`;
    const value = token[3].replaceAll(/\\(.)/gu, (_, character: string) => UNESCAPED[character] ?? fail('an escape'));
    const [prefix = '', local = ''] = token[5]?.split(':') ?? [];
    return literal(value, token[4], token[5] && expand(prefix, local));
  };
  const propertiesOf = (subject: string) => {
    do {
      if (peek()?.[10] === ';') next();
      const token = next();
      const property = token[9] === 'a' ? TYPE : iriOf(token);
      let index = 0;
      do {
        if (peek()?.[10] === ',') next();
        const object = objectOf(`${subject} ${property} ${index++}`);
        triples.push(`${subject} ${property} ${object}`);
      } while (peek()?.[10] === ',');
    } while (peek()?.[10] === ';');
  };

  while (position < tokens.length) {
    if (peek()?.[1]) {
      next();
      const prefix = next()[8] ?? fail('a prefix');
      prefixes.set(prefix, next()[2] ?? fail('a namespace'));
    } else propertiesOf(iriOf(next()));
    punctuation('.');
  }
  return triples.sort();
}

export function triplesOfJsonLd(document: Record<string, unknown>): string[] {
  const context = document['@context'] as Record<string, string>;
  const triples: string[] = [];
  const expand = (name: string) => {
    const [, prefix = '', local = ''] = /^([a-z]+):(.*)$/u.exec(name) ?? [];
    return prefix in context ? `${context[prefix]}${local}` : name;
  };
  const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
  const visit = (node: Record<string, unknown>, subject: string) => {
    for (const [key, value] of Object.entries(node)) {
      if (key === '@context' || key === '@id') continue;
      const property = key === '@type' ? TYPE : expand(key);
      for (const [index, one] of listOf(value).entries()) {
        const path = `${subject} ${property} ${index}`;
        triples.push(`${subject} ${property} ${key === '@type' ? `<${expand(String(one))}>` : objectOf(one, path)}`);
      }
    }
  };
  const objectOf = (value: unknown, path: string): string => {
    const node = value as Record<string, unknown>;
    if ('@value' in node) {
      const datatype = node['@type'] as string | undefined;
      return literal(String(node['@value']), node['@language'] as string | undefined, datatype && expand(datatype));
    }
    if (Object.keys(node).length === 1 && '@id' in node) return `<${expand(String(node['@id']))}>`;
    visit(node, path);
    return `_:${path}`;
  };
  visit(document, String(document['@id']));
  return triples.sort();
}

function literal(value: string, language: string | undefined, datatype: string | undefined): string {
  return `${JSON.stringify(value)}${language ? `@${language}` : ''}${datatype ? `^^${datatype}` : ''}`;
}
