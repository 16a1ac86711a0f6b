/**
 * The DICOM Conformance Statement (PS3.2), made of the tables that run the receiver and the retriever, so that it
 * cannot say anything else than they do.
 */
import {
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
  storageSopClasses,
  transferSyntaxes,
  uidName,
} from '../../dicom/uids.ts';
import { MANIFEST, type SettingName, type SettingValues } from '../../settings/manifest.ts';
import { VERIFICATION } from '../receiver/association-policy.ts';
import { DEFAULT_LIMITS } from '../receiver/receiver-limits.ts';
import { CIPHER_SUITES, TLS_VERSIONS } from '../receiver/tls-door.ts';
import { QUERY_RETRIEVE_CLASSES } from '../retrieve/dimse-client.ts';
import { APPLICATION_CONTEXT } from '../upper-layer/protocol-data-unit.ts';

export interface StatementTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface StatementSection {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table?: StatementTable;
}

export interface ConformanceStatement {
  readonly product: string;
  readonly version: string;
  readonly sections: readonly StatementSection[];
}

const SETTINGS_SHOWN = Object.keys(MANIFEST).filter((name) => name.startsWith('dicom.')) as SettingName[];

/** @param settings those of this node, which the statement describes as it is set up */
export function conformanceStatement(settings: SettingValues, version: string): ConformanceStatement {
  return {
    product: 'Gatehouse',
    version,
    sections: [
      overview(),
      implementation(),
      associationPolicies(settings),
      storage(),
      syntaxes(),
      responses(),
      queryRetrieve(),
      security(settings),
      characterSets(),
      configuration(settings),
    ],
  };
}

function overview(): StatementSection {
  return {
    title: '1 Overview of the network services',
    paragraphs: [
      'Gatehouse receives objects from a PACS and from modalities, and fetches studies from a PACS. What it keeps is de-identified; it sends no object to anybody over DICOM.',
    ],
    table: {
      head: ['Service', 'User (SCU)', 'Provider (SCP)'],
      rows: [
        ['Verification', 'yes', 'yes'],
        ['Storage', 'no', 'yes'],
        ['Query/retrieve: find, move, get', 'yes', 'no'],
      ],
    },
  };
}

function implementation(): StatementSection {
  return {
    title: '2 Implementation identifying information',
    paragraphs: [],
    table: {
      head: ['Item', 'Value'],
      rows: [
        ['Application Context Name', APPLICATION_CONTEXT],
        ['Implementation Class UID', IMPLEMENTATION_CLASS_UID],
        ['Implementation Version Name', IMPLEMENTATION_VERSION_NAME],
      ],
    },
  };
}

function associationPolicies(settings: SettingValues): StatementSection {
  const seconds = (milliseconds: number) => `${milliseconds / 1000} s`;
  return {
    title: '3 Association policies of the receiver',
    paragraphs: [
      'An association is accepted from configured peers only: calling AE title, address and called AE title decide. Presentation contexts may come in any order; of each, the first transfer syntax proposed is accepted, because objects are kept byte for byte as they come. Asynchronous operations are not negotiated beyond a window of one.',
    ],
    table: {
      head: ['Parameter', 'Value'],
      rows: [
        ['AE title', settings['dicom.aeTitle']],
        ['TCP port', String(settings['dicom.port'])],
        ['Associations at the same time', String(settings['dicom.maximumAssociations'])],
        ['Maximum PDU size received', `${DEFAULT_LIMITS.maximumPduBytes} bytes`],
        ['Longest A-ASSOCIATE-RQ', `${DEFAULT_LIMITS.associateBytes} bytes`],
        ['ARTIM timer', seconds(DEFAULT_LIMITS.artimMilliseconds)],
        ['Association without traffic', `${settings['dicom.idleTimeoutSeconds']} s, then A-ABORT`],
        ['One PDU from first to last byte', seconds(DEFAULT_LIMITS.unitMilliseconds)],
      ],
    },
  };
}

function storage(): StatementSection {
  return {
    title: '4 SOP classes of the receiver',
    paragraphs: [
      'Besides those listed, every SOP class that is not of the standard, and every class below the root of the storage classes that is newer than this version, is accepted for storage.',
    ],
    table: {
      head: ['SOP class', 'UID', 'Role'],
      rows: [VERIFICATION, ...storageSopClasses()].map((uid) => [uidName(uid) ?? '', uid, 'SCP']),
    },
  };
}

function syntaxes(): StatementSection {
  return {
    title: '5 Transfer syntaxes of the receiver',
    paragraphs: ['Any valid transfer syntax UID is accepted for storage, also one that is not listed.'],
    table: { head: ['Transfer syntax', 'UID'], rows: transferSyntaxes().map(({ name, uid }) => [name, uid]) },
  };
}

function responses(): StatementSection {
  return {
    title: '6 Status of C-STORE responses',
    paragraphs: [
      'Success is answered when the file of the object, its name and its row in the ledger survive a power cut. The same object with the same content again is answered with success and counted once; the same SOP Instance UID with other content is kept apart, answered with success, and shown to a person.',
    ],
    table: {
      head: ['Status', 'Meaning', 'What the sender does'],
      rows: [
        ['0000', 'Success: the object is durable', 'may forget it'],
        ['A700', 'Out of resources: the disk is nearly full', 'sends it again later'],
        ['A900', 'SOP class differs from the presentation context', 'is corrected'],
        ['C000', 'The request has no usable UIDs or no data set', 'is corrected'],
        ['0110', 'Processing failure: the data folder cannot be written', 'sends it again later'],
        ['0122', 'SOP class not supported on this presentation context', 'is corrected'],
        ['0211', 'Unrecognised operation', 'is corrected'],
      ],
    },
  };
}

function queryRetrieve(): StatementSection {
  return {
    title: '7 SOP classes of the retriever',
    paragraphs: [
      'Studies are asked for at study, series and image level. Each operation has an association of its own. A study counts as complete only when every instance that the PACS lists is in the ledger.',
      'A C-GET proposes the SOP classes that the PACS reports for the study, private ones among them, each with one presentation context for every transfer syntax, on up to eight associations one after the other; where it reports none, the commonest storage classes come first. Where objects per second are limited, the C-STORE response to each sub-operation of a C-GET is held back; for a C-MOVE the receiver holds back its responses on the associations that the PACS opens. A running operation is broken off with a C-CANCEL.',
    ],
    table: {
      head: ['SOP class', 'UID', 'Role'],
      rows: [VERIFICATION, ...QUERY_RETRIEVE_CLASSES].map((uid) => [uidName(uid) ?? '', uid, 'SCU']),
    },
  };
}

function security(settings: SettingValues): StatementSection {
  const port = settings['dicom.tlsPort'];
  return {
    title: '8 Security profiles',
    paragraphs: [
      'Secure transport follows the BCP 195 profile of PS3.15 on a port of its own; certificates of peers may be pinned.',
      'De-identification follows the Basic Application Level Confidentiality Profile of PS3.15 Annex E with the options of the profile in use.',
    ],
    table: {
      head: ['Parameter', 'Value'],
      rows: [
        ['TLS port', settings['dicom.tls.certificateFile'] === '' ? 'not open' : String(port)],
        ['TLS versions', TLS_VERSIONS.join(', ')],
        ['Cipher suites', CIPHER_SUITES.join(', ')],
        ['Client certificates', String(settings['dicom.tls.clientCertificates'])],
      ],
    },
  };
}

function characterSets(): StatementSection {
  return {
    title: '9 Character sets',
    paragraphs: [
      'Objects are received in any Specific Character Set and kept as they are. All defined terms of PS3.3 C.12.1.1.2, with and without code extensions, are read for de-identification.',
    ],
  };
}

function configuration(settings: SettingValues): StatementSection {
  return {
    title: '10 Configuration',
    paragraphs: [],
    table: {
      head: ['Setting', 'Value', 'Meaning'],
      rows: SETTINGS_SHOWN.map((name) => [name, String(settings[name]), MANIFEST[name].description]),
    },
  };
}
