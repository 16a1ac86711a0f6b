/** Terms of a peer for tests: everything allowed, at one address. */
import type { PeerTerms } from '../../../node-agent/intake/peers/peer.ts';

export function terms(changes: Partial<PeerTerms> = {}): PeerTerms {
  return {
    tag: 'MR suite 2',
    callingAeTitle: 'MR2',
    address: '10.1.2.3',
    calledAeTitle: null,
    services: ['verification', 'storage', 'storage commitment'],
    maximumAssociations: null,
    tlsRequired: false,
    fingerprints: [],
    dicomHost: null,
    dicomPort: null,
    enabled: true,
    ...changes,
  };
}
