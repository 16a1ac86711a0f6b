/**
 * The walls of the house (CONTRIBUTING.md): floors, zones, and the one door out.
 * A room imports only from floors below it; `store` is the ground of the first floor.
 */
const FLOORS = [
  ['dicom', 'settings'],
  ['store'],
  ['vault', 'audit', 'operations'],
  ['intake', 'deidentify', 'harmonise', 'catalogue'],
  ['pipeline', 'governance', 'compute', 'materialise'],
  ['api', 'hub'],
];
const IDENTIFIED = ['intake', 'vault', 'deidentify', 'pipeline'];
const DEIDENTIFIED = ['harmonise', 'catalogue', 'governance', 'compute', 'materialise', 'hub', 'api'];

const rooms = (names) => `^node-agent/(${names.join('|')})/`;

/** No room may import a room of its own floor or of one above. */
const floorRules = FLOORS.flatMap((floor, level) =>
  floor.map((room) => ({
    name: `floor-${room}`,
    comment: `${room} stands on floor ${level}; it may import only from floors below`,
    severity: 'error',
    from: { path: rooms([room]) },
    to: {
      path: rooms(
        FLOORS.slice(level)
          .flat()
          .filter((other) => other !== room),
      ),
    },
  })),
);

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'zones',
      comment: 'a room of the de-identified zone sees only what came out of de-identification',
      severity: 'error',
      from: { path: rooms(DEIDENTIFIED) },
      to: { path: rooms(IDENTIFIED) },
    },
    {
      name: 'rooms-do-not-know-the-composition-root',
      severity: 'error',
      from: { path: rooms(FLOORS.flat()) },
      to: { path: '^(node-agent/(agent|cli)|main/|renderer/|test/|scripts/)' },
    },
    {
      name: 'one-door-out',
      comment: 'hub/egress.ts alone opens connections to a host that is not a configured PACS',
      severity: 'error',
      from: { path: '^node-agent/', pathNot: '^node-agent/hub/egress\\.ts$' },
      to: { path: '(^|/)(undici|axios|got|node-fetch|ws)(/|$)|^(https|http2|dgram)$' },
    },
    {
      name: 'tls-belongs-to-the-receiver',
      severity: 'error',
      from: {
        path: '^node-agent/',
        pathNot: '^node-agent/(intake/receiver/|intake/retrieve/connection-doctor\\.ts$|hub/egress\\.ts$)',
      },
      to: { path: '^tls$' },
    },
    {
      name: 'sockets-belong-to-the-receiver',
      severity: 'error',
      from: { path: '^node-agent/', pathNot: '^node-agent/(intake/|api/server\\.ts$)' },
      to: { path: '^(net|http)$|(^|/)dcmjs-dimse(/|$)' },
    },
    {
      name: 'electron-in-one-file',
      comment: 'one file imports electron; the rest of main/ are plain modules that can be tested',
      severity: 'error',
      from: { path: '^(main|node-agent|renderer)/', pathNot: '^main/main\\.ts$' },
      to: { path: '(^|/)electron(/|$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-console-knows-only-the-contract',
      severity: 'error',
      from: { path: '^renderer/' },
      to: {
        path: '^(node-agent|main)/',
        pathNot: ['^node-agent/api/(contract|schemas)\\.ts$', '^node-agent/api/(contract|schemas)/'],
      },
    },
    { name: 'no-circles', severity: 'error', from: { path: '^(node-agent|main|renderer)/' }, to: { circular: true } },
    {
      name: 'product-does-not-need-tests',
      severity: 'error',
      from: { path: '^(node-agent|main|renderer)/' },
      to: { path: '^(test|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/\\.)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
