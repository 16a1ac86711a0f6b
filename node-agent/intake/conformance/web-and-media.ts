/** What the statement says of the ways in besides associations: STOW-RS, and media. */
import type { SettingValues } from '../../settings/manifest.ts';
import { FAILURES } from '../stow/failure.ts';
import { DEFAULT_MULTIPART_LIMITS } from '../stow/multipart.ts';
import { DICOM_JSON, RETRY_AFTER_SECONDS, STATUSES } from '../stow/store-response.ts';
import type { StatementSection } from './statement.ts';

export function webStorage(settings: SettingValues): readonly StatementSection[] {
  const statuses = STATUSES.map(([status, meaning]) => [String(status), meaning]);
  const reasons = Object.values(FAILURES).map(({ reason, sentence }) => [hexadecimal(reason), sentence]);
  return [
    {
      title: '10 Storage over DICOMweb (STOW-RS)',
      paragraphs: [
        'Objects are stored by POST to /dicom-web/studies and /dicom-web/studies/{study} (PS3.18 §10.5). The same SOP classes and transfer syntaxes are taken as by the receiver; nothing is coerced, and nothing can be retrieved. An object reported as stored survives a power cut. What came complete before a request broke off is kept.',
        'The HTTP port speaks no TLS of its own: a reverse proxy in front of it does.',
      ],
      table: {
        head: ['Parameter', 'Value'],
        rows: [
          ['Credential', 'Authorization: Bearer, with a token of the scope stow'],
          ['Request', 'multipart/related; type="application/dicom"'],
          ['Answer', DICOM_JSON],
          ['TCP port', String(settings['http.port'])],
          ['Parts of a request', String(DEFAULT_MULTIPART_LIMITS.parts)],
          ['Header fields of a part', `${DEFAULT_MULTIPART_LIMITS.headerBytes} bytes`],
          ['Size of a request', `${settings['http.uploadMegabytes']} MB`],
          ['Requests at the same time', String(settings['dicom.maximumAssociations'])],
          ['Retry-After of 503', `${RETRY_AFTER_SECONDS} s`],
        ],
      },
    },
    {
      title: '10.1 Status of STOW-RS answers',
      paragraphs: ['Besides the status, the header field Warning says in sentences what was not stored and why.'],
      table: { head: ['Status', 'Meaning'], rows: statuses },
    },
    {
      title: '10.2 Failure Reason (0008,1197)',
      paragraphs: [],
      table: { head: ['Reason', 'Meaning, and what the sender does'], rows: reasons },
    },
  ];
}

export function media(): StatementSection {
  const name = 'DICOMDIR';
  return {
    title: '11 Media',
    paragraphs: [
      `Folders, ZIP archives and a watched folder are read as File-set Reader (PS3.10 §8, PS3.11), whatever their application profile. Where a ${name} is there, its records are followed by their offsets, and what it lists is held against the files that are there: missing ones are told by their record, others are imported as well. One that does not hold together is refused, and the folder is read without it. No media are written.`,
    ],
    table: {
      head: ['Item', 'What is taken'],
      rows: [
        [
          'Referenced File ID (0004,1500)',
          'any components but those that lead out of the folder; compared without case, version and final dot',
        ],
        ['Record In-use Flag (0004,1410)', '0000H: the record and all below it are passed over'],
        [name, 'read, recorded, and not stored as an object'],
      ],
    },
  };
}

function hexadecimal(reason: number): string {
  return reason.toString(16).toUpperCase().padStart(4, '0');
}
