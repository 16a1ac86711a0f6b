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
import {
  COMMITMENT_TRANSFER_SYNTAXES,
  STORAGE_COMMITMENT,
  STORAGE_COMMITMENT_INSTANCE,
} from '../commitment/commitment.ts';
import { MOST_REFERENCES } from '../commitment/commitment-data-sets.ts';
import { FIRST_RETRY_MS, LONGEST_RETRY_MS } from '../commitment/report-sender.ts';
import { ACTION_STATUSES, FAILURE_REASONS } from '../commitment/statuses.ts';
import { VERIFICATION } from '../receiver/association-policy.ts';
import { DEFAULT_LIMITS } from '../receiver/receiver-limits.ts';
import { CIPHER_SUITES, TLS_VERSIONS } from '../receiver/tls-door.ts';
import { QUERY_RETRIEVE_CLASSES } from '../retrieve/dimse-client.ts';
import { APPLICATION_CONTEXT } from '../upper-layer/protocol-data-unit.ts';
import type { ConformanceStatement, StatementSection } from './statement.ts';
import { media, webStorage } from './web-and-media.ts';

const SETTINGS_SHOWN = Object.keys(MANIFEST).filter(
  (name) => name.startsWith('dicom.') || name === 'http.uploadMegabytes',
) as SettingName[];

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
      commitment(),
      commitmentFailures(),
      queryRetrieve(),
      ...webStorage(settings),
      media(),
      security(settings),
      characterSets(),
      configuration(settings),
    ],
  };
}

function overview(): StatementSection {
  return {
    title: '1 Overview of the services',
    paragraphs: [
      'Gatehouse receives objects from a PACS and from modalities by associations and over DICOMweb, fetches studies from a PACS, and reads media. What it keeps is de-identified; it sends no object to anybody over DICOM. It tells a sender what it holds of that sender’s objects (storage commitment).',
    ],
    table: {
      head: ['Service', 'User (SCU)', 'Provider (SCP)'],
      rows: [
        ['Verification', 'yes', 'yes'],
        ['Storage', 'no', 'yes'],
        ['Storage commitment', 'no', 'yes'],
        ['Query/retrieve: find, move, get', 'yes', 'no'],
        ['Storage over DICOMweb (STOW-RS)', 'no', 'yes'],
        ['Media (File-set Reader)', 'no', 'yes'],
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
      rows: [VERIFICATION, STORAGE_COMMITMENT, ...storageSopClasses()].map((uid) => [uidName(uid) ?? '', uid, 'SCP']),
    },
  };
}

function syntaxes(): StatementSection {
  return {
    title: '5 Transfer syntaxes of the receiver',
    paragraphs: [
      'Any valid transfer syntax UID is accepted for storage, also one that is not listed.',
      `For storage commitment: ${COMMITMENT_TRANSFER_SYNTAXES.map((uid) => uidName(uid) ?? uid).join(', ')}.`,
    ],
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

function commitment(): StatementSection {
  const { reportSilenceMilliseconds } = DEFAULT_LIMITS;
  return {
    title: '7 Storage commitment: status of N-ACTION responses',
    paragraphs: [
      `A peer with the right may request storage commitment (action type 1 of instance ${STORAGE_COMMITMENT_INSTANCE}) for up to ${MOST_REFERENCES} instances. The transaction is durable before it is answered, and is reported also after the node was cut off.`,
      `The report (event type 1: all committed; 2: failures exist) goes back on the association of the request once the peer has been silent for ${reportSilenceMilliseconds / 1000} s; where the association ends before that, on an association that this node requests at the host and port entered for the peer, proposing itself as the provider (role selection: user 0, provider 1). An acceptance without role selection is taken as consent. Where the peer cannot be reached it is tried again after ${FIRST_RETRY_MS / 1000} s, then at intervals that double up to ${LONGEST_RETRY_MS / 60_000} min.`,
      'Committed means: at the time of the report the instance has a row in the ledger and a whole file. Level of persistence: the original is kept until it has been de-identified, or while it is in quarantine; after that the de-identified object is kept in its place. This node is no archive of originals and returns none: a sender must not delete its only copy on the strength of this commitment.',
    ],
    table: { head: ['Status', 'Meaning', 'What the sender does'], rows: ACTION_STATUSES },
  };
}

function commitmentFailures(): StatementSection {
  return {
    title: '8 Storage commitment: failure reasons in reports',
    paragraphs: [],
    table: { head: ['Failure Reason', 'Meaning'], rows: FAILURE_REASONS },
  };
}

function queryRetrieve(): StatementSection {
  return {
    title: '9 SOP classes of the retriever',
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
    title: '12 Security profiles',
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
    title: '13 Character sets',
    paragraphs: [
      'Objects are received in any Specific Character Set and kept as they are. All defined terms of PS3.3 C.12.1.1.2, with and without code extensions, are read for de-identification.',
    ],
  };
}

function configuration(settings: SettingValues): StatementSection {
  return {
    title: '14 Configuration',
    paragraphs: [],
    table: {
      head: ['Setting', 'Value', 'Meaning'],
      rows: SETTINGS_SHOWN.map((name) => [name, String(settings[name]), MANIFEST[name].description]),
    },
  };
}
