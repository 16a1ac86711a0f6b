/** Bringing the terms of a peer into their one form, or saying what is wrong with them. */
import { addressText, parsePeerAddress } from './address.ts';
import { PEER_SERVICES, PeerError, type PeerTerms } from './peer.ts';

/** PS3.5 §6.2, VR AE: up to 16 characters of the default repertoire without backslash. */
const AE_TITLE = /^[\x21-\x5b\x5d-\x7e](?:[\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?$/;
const LONGEST_TAG = 64;
const MOST_FINGERPRINTS = 8;
const LARGEST_PORT = 65_535;
const MOST_ASSOCIATIONS = 1000;

/** @throws PeerError with what to correct */
export function normalTerms(given: PeerTerms): PeerTerms {
  const tag = given.tag.trim();
  if (!/^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(tag) || tag.length > LONGEST_TAG) {
    throw new PeerError(`A peer needs a name of 1 to ${LONGEST_TAG} letters, digits, spaces and signs.`);
  }
  if (given.services.length === 0)
    throw new PeerError(`A peer needs at least one service: ${PEER_SERVICES.join(', ')}.`);
  const { dicomHost, dicomPort } = ownPlace(given);
  return {
    tag,
    callingAeTitle: aeTitle(given.callingAeTitle, 'The AE title of the peer'),
    address: addressText(parsePeerAddress(given.address)),
    calledAeTitle: aeTitle(given.calledAeTitle, 'The AE title it calls'),
    services: PEER_SERVICES.filter((service) => given.services.includes(service)),
    maximumAssociations: whole(given.maximumAssociations, MOST_ASSOCIATIONS, 'The largest number of associations'),
    tlsRequired: given.tlsRequired,
    fingerprints: fingerprints(given.fingerprints, given.tlsRequired),
    dicomHost,
    dicomPort,
    enabled: given.enabled,
  };
}

function aeTitle(given: string | null, what: string): string | null {
  const title = given?.trim() ?? '';
  if (title === '') return null;
  if (!AE_TITLE.test(title)) throw new PeerError(`${what} has 1 to 16 characters without accents and backslash.`);
  return title;
}

function whole(given: number | null, largest: number, what: string): number | null {
  if (given === null || (Number.isInteger(given) && given >= 1 && given <= largest)) return given;
  throw new PeerError(`${what} is a whole number from 1 to ${largest}.`);
}

/** With or without colons, as openssl and browsers show them. */
function fingerprints(given: readonly string[], tlsRequired: boolean): readonly string[] {
  const normal = given.map((text) =>
    text
      .trim()
      .replace(/^sha-?256\s*(?:fingerprint)?\s*[:=]\s*/i, '')
      .replaceAll(':', '')
      .toLowerCase(),
  );
  if (normal.some((text) => !/^[0-9a-f]{64}$/.test(text))) {
    throw new PeerError(
      'The fingerprint of a certificate is its SHA-256: 64 hexadecimal digits, as "openssl x509 -noout -fingerprint -sha256 -in FILE" prints it.',
    );
  }
  if (normal.length > MOST_FINGERPRINTS)
    throw new PeerError(`A peer can have ${MOST_FINGERPRINTS} certificates at most.`);
  if (normal.length > 0 && !tlsRequired) {
    throw new PeerError(
      'A certificate can only be checked over TLS: require TLS for this peer, or leave the fingerprint away.',
    );
  }
  return [...new Set(normal)];
}

function ownPlace({ dicomHost, dicomPort }: PeerTerms): Pick<PeerTerms, 'dicomHost' | 'dicomPort'> {
  const host = dicomHost?.trim() ?? '';
  if (host === '' && dicomPort === null) return { dicomHost: null, dicomPort: null };
  if (host === '' || dicomPort === null) {
    throw new PeerError('Where the peer itself listens takes both, a host and a port, or neither.');
  }
  const place = parsePeerAddress(host);
  const text = addressText(place);
  if (text.includes('/')) throw new PeerError('The peer itself listens at an address or host name, not in a network.');
  return { dicomHost: text, dicomPort: whole(dicomPort, LARGEST_PORT, 'The port of the peer') };
}
