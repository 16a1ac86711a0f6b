/**
 * Every setting of the node, once: type, default, range, description. Reading, validation, the
 * screen and the documentation are all derived from this list; a setting that is not here does
 * not exist.
 */
interface SettingBase {
  readonly description: string;
}

export interface IntegerSetting extends SettingBase {
  readonly type: 'integer';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface TextSetting extends SettingBase {
  readonly type: 'text';
  readonly default: string;
  /** What a value must look like, and the same in words. */
  readonly pattern?: RegExp;
  readonly form?: string;
}

export interface ChoiceSetting extends SettingBase {
  readonly type: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
}

export type SettingDefinition = IntegerSetting | TextSetting | ChoiceSetting;

/** PS3.5 §6.2, VR AE: up to 16 characters of the default repertoire, no backslash. */
const AE_TITLE = /^[\x21-\x5b\x5d-\x7e](?:[\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?$/;
/** `off`, or a port from 0 to 65535. */
const PORT_OR_OFF = /^(?:off|\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/;
const HOST = /^[A-Za-z0-9.:_-]+$/;
const HTTP_URL_OR_EMPTY = /^(?:https?:\/\/[^\s/]+(?:\/\S*)?)?$/;
/** The kinds of `deidentify/data/object-support.json`. */
const EXCLUDED_KINDS = /^(?:(?:document|video|audio|raw-data|directory|no-patient)(?:,(?=.)|$))*$/;

export const MANIFEST = {
  'dicom.host': {
    type: 'text',
    default: '127.0.0.1',
    pattern: HOST,
    form: 'an address of this computer, or 0.0.0.0 for all',
    description: 'Address the DICOM receiver listens on. The default takes only senders on this computer.',
  },
  'dicom.port': {
    type: 'integer',
    default: 11112,
    minimum: 0,
    maximum: 65535,
    description: 'TCP port of the DICOM receiver; 0 picks a free one.',
  },
  'dicom.aeTitle': {
    type: 'text',
    default: 'GATEHOUSE',
    pattern: AE_TITLE,
    form: '1 to 16 characters without backslash',
    description: 'Application Entity title senders must call.',
  },
  'dicom.maximumAssociations': {
    type: 'integer',
    default: 64,
    minimum: 1,
    maximum: 1000,
    description: 'Associations open at the same time; further ones are rejected as transient.',
  },
  'dicom.idleTimeoutSeconds': {
    type: 'integer',
    default: 60,
    minimum: 1,
    maximum: 3600,
    description: 'An association on which nothing arrives for this long is aborted.',
  },
  'dicom.tlsPort': {
    type: 'text',
    default: 'off',
    pattern: PORT_OR_OFF,
    form: 'off, or a port from 0 to 65535',
    description: 'TCP port for DICOM over TLS; 0 picks a free one, off keeps it closed.',
  },
  'dicom.tls.certificateFile': {
    type: 'text',
    default: '',
    description:
      'Certificate of the TLS port (PEM), followed by its intermediate ones. A renewed file is taken up by itself.',
  },
  'dicom.tls.keyFile': {
    type: 'text',
    default: '',
    description: 'Private key of that certificate (PEM, without password).',
  },
  'dicom.tls.caFile': {
    type: 'text',
    default: '',
    description:
      'Authorities (PEM) that vouch for client certificates; without it only certificates pinned at a peer count.',
  },
  'dicom.tls.clientCertificates': {
    type: 'choice',
    default: 'optional',
    choices: ['none', 'optional', 'required'],
    description: 'Whether peers on the TLS port are asked for a certificate, and whether they must have one.',
  },
  'store.reserveMegabytes': {
    type: 'integer',
    default: 512,
    minimum: 0,
    maximum: 100_000_000,
    description: 'Free disk space kept in reserve. Below it new objects are refused as out of resources.',
  },
  'store.refuseAssociationsMegabytes': {
    type: 'integer',
    default: 1024,
    minimum: 0,
    maximum: 100_000_000,
    description:
      'Free disk space below which new associations are refused for the time being; open ones go on until the reserve is reached.',
  },
  'pipeline.workers': {
    type: 'integer',
    default: 0,
    minimum: 0,
    maximum: 64,
    description: 'Worker threads that de-identify; 0 takes one for each processor core but one.',
  },
  'pipeline.timeLimitSeconds': {
    type: 'integer',
    default: 300,
    minimum: 5,
    maximum: 86_400,
    description: 'Longest time one object may take in the pipeline before it is quarantined.',
  },
  'pipeline.processing': {
    type: 'choice',
    default: 'always',
    choices: ['always', 'when-quiet'],
    description:
      'When objects are de-identified: always, or between deliveries only (after 5 quiet seconds, at the latest after 10 minutes), so that reception has the machine to itself.',
  },
  'deidentify.profile': {
    type: 'text',
    default: 'eucaim',
    pattern: /^\S.*$/,
    form: 'the name of a shipped profile or the path of a profile file',
    description:
      'The de-identification profile: basic, eucaim, lethe-compatible, research-longitudinal, or the path of a file of the site. Objects remember the hash of theirs.',
  },
  'vault.pseudonyms': {
    type: 'choice',
    default: 'keyed',
    choices: ['keyed', 'list'],
    description:
      'Where pseudonyms of patients who come for the first time are from: made with the site secret, or from the list of study IDs (gatehouse vault list-import).',
  },
  'vault.pseudonymPrefix': {
    type: 'text',
    default: 'GH-',
    pattern: /^[A-Z0-9][A-Z0-9-]{0,7}$/,
    form: '1 to 8 of A-Z, 0-9 and -, with a letter or digit at the beginning',
    description:
      'Beginning of pseudonyms. A change acts on patients who come for the first time; the others keep their pseudonym.',
  },
  'vault.pseudonymWidth': {
    type: 'integer',
    default: 16,
    minimum: 10,
    maximum: 32,
    description:
      'Characters of a pseudonym behind its prefix, 5 bits each. A change acts on patients who come for the first time.',
  },
  'deidentify.excludedKinds': {
    type: 'text',
    default: '',
    pattern: EXCLUDED_KINDS,
    form: 'nothing, or a list with commas of document, video, audio, raw-data, directory and no-patient',
    description: 'Kinds of objects that cannot be cleaned and are left out instead of being quarantined.',
  },
  'harmonise.askBelowPercent': {
    type: 'integer',
    default: 60,
    minimum: 0,
    maximum: 100,
    description:
      'What a series shows is put to a person, once per pattern, where the rules are less sure than this. 0 asks nobody.',
  },
  'deidentify.proposeFromPatients': {
    type: 'integer',
    default: 3,
    minimum: 2,
    maximum: 100,
    description:
      'From the texts of how many patients a word that descriptions lose is proposed for approval. More patients mean fewer names among the proposals.',
  },
  'import.watchFolder': {
    type: 'text',
    default: '',
    description: 'Full path of a folder whose files are imported as they come; empty watches none.',
  },
  'import.watchSeconds': {
    type: 'integer',
    default: 30,
    minimum: 1,
    maximum: 3600,
    description: 'How often the watched folder is looked through.',
  },
  'import.watchStableSeconds': {
    type: 'integer',
    default: 10,
    minimum: 1,
    maximum: 3600,
    description: 'A file of the watched folder is taken when nothing has changed it for this long.',
  },
  'import.watchDone': {
    type: 'choice',
    default: 'keep',
    choices: ['keep', 'remove'],
    description: 'What happens to imported files of the watched folder: kept in its folder "done", or removed.',
  },
  'materialise.folder': {
    type: 'text',
    default: '',
    description:
      'Folder that released datasets are written into ($DATA_PATH of Tier 3). Officers write there; into other folders only administrators.',
  },
  'materialise.objects': {
    type: 'choice',
    default: 'link',
    choices: ['link', 'copy'],
    description:
      'Whether objects of a written dataset are read-only hard links into the archive where the disk allows it, or always copies. Choose copy where programs run as a superuser and the folder is not mounted read-only for them.',
  },
  'http.host': {
    type: 'text',
    default: '127.0.0.1',
    pattern: HOST,
    form: 'an address of this computer, or 0.0.0.0 for all',
    description: 'Address the console and the HTTP API listen on.',
  },
  'http.port': {
    type: 'integer',
    default: 8470,
    minimum: 0,
    maximum: 65535,
    description: 'TCP port of the console and the HTTP API; 0 picks a free one.',
  },
  'http.uploadMegabytes': {
    type: 'integer',
    default: 65_536,
    minimum: 1,
    maximum: 100_000_000,
    description: 'Largest upload over HTTP: a ZIP archive from the console, or one STOW-RS request.',
  },
  'http.sessionMinutes': {
    type: 'integer',
    default: 480,
    minimum: 5,
    maximum: 10_080,
    description: 'A sign-in ends after this time.',
  },
  'site.name': {
    type: 'text',
    default: 'Gatehouse site',
    pattern: /^.{1,100}$/,
    form: '1 to 100 characters',
    description: 'Name of this data provider as the hub shows it.',
  },
  'site.timeZone': {
    type: 'text',
    default: '',
    pattern: /^(?:[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*)?$/,
    form: 'the IANA name of a time zone such as Europe/Madrid, or nothing',
    description: 'Time zone that availability windows of a PACS are meant in; empty takes that of this computer.',
  },
  'hub.beam.url': {
    type: 'text',
    default: '',
    pattern: HTTP_URL_OR_EMPTY,
    form: 'an http or https address, or nothing',
    description: 'Address of the Beam proxy; empty keeps the connector off.',
  },
  'hub.beam.appId': {
    type: 'text',
    default: '',
    pattern: /^(?:[A-Za-z0-9-]+\.[A-Za-z0-9-]+\.[A-Za-z0-9.-]+)?$/,
    form: 'app.proxy.broker',
    description: 'Application id at the Beam proxy, e.g. focus.hospital.broker.eucaim.cancerimage.eu.',
  },
  'hub.beam.apiKeyFile': {
    type: 'text',
    default: '',
    description: 'File that holds the API key for the Beam proxy.',
  },
  'hub.beam.waitSeconds': {
    type: 'integer',
    default: 10,
    minimum: 1,
    maximum: 55,
    description: 'Length of one long poll at the Beam proxy; middleboxes cut idle connections at 60 seconds.',
  },
  'hub.proxy': {
    type: 'text',
    default: '',
    pattern: HTTP_URL_OR_EMPTY,
    form: 'an http or https address, or nothing',
    description: 'Forward proxy for connections to the hub.',
  },
  'hub.caFile': {
    type: 'text',
    default: '',
    description: 'Extra certificate authorities (PEM) to trust for connections to the hub.',
  },
  'governance.k.block': {
    type: 'integer',
    default: 3,
    minimum: 2,
    maximum: 1000,
    description:
      'A dataset in which a patient looks like fewer patients than this, themselves included, is not released.',
  },
  'governance.k.warn': {
    type: 'integer',
    default: 10,
    minimum: 2,
    maximum: 1000,
    description: 'Below this many patients who look alike, a release has to be acknowledged with a reason.',
  },
  'fdp.access': {
    type: 'choice',
    default: 'token',
    choices: ['token', 'open'],
    description:
      'Who may read the published records under /fdp: holders of a token for fdp and users of the console, or anybody who reaches the address.',
  },
  'fdp.address': {
    type: 'text',
    default: '',
    pattern: HTTP_URL_OR_EMPTY,
    form: 'an http or https address, or nothing',
    description:
      'Lasting address of the FAIR Data Point as harvesters call it; empty uses the name the node was called by, with /fdp.',
  },
  'disclosure.threshold': {
    type: 'integer',
    default: 10,
    minimum: 5,
    maximum: 1000,
    description: 'Counts below this leave the node as 0.',
  },
  'disclosure.rounding': {
    type: 'integer',
    default: 10,
    minimum: 5,
    maximum: 1000,
    description: 'Counts leave the node rounded to a multiple of this.',
  },
  'log.level': {
    type: 'choice',
    default: 'info',
    choices: ['error', 'warn', 'info', 'debug'],
    description: 'How much the node writes to its log.',
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof MANIFEST;

type ValueOf<D extends SettingDefinition> = D['type'] extends 'integer' ? number : string;

export type SettingValues = { readonly [Name in SettingName]: ValueOf<(typeof MANIFEST)[Name]> };
