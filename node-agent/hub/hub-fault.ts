/** What can go wrong between the node and the hub, each in words with what to do. */

export type HubFaultKind =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'cut'
  | 'tls-untrusted'
  | 'tls-expired'
  | 'tls-name'
  | 'proxy-unreachable'
  | 'proxy-auth-basic'
  | 'proxy-auth-ntlm'
  | 'proxy-denied'
  | 'not-on-the-list'
  | 'too-large'
  | 'nonsense'
  | 'authentication'
  | 'not-permitted'
  | 'hub-unavailable'
  | 'stopped'
  | 'other';

interface FaultWords {
  readonly sentence: string;
  readonly action: string;
}

/** `{hub}` and `{proxy}` stand for the host names. */
const WORDS: Readonly<Record<HubFaultKind, FaultWords>> = {
  dns: {
    sentence: 'The name {hub} cannot be resolved.',
    action: 'Check hub.beam.url and the DNS server of this computer.',
  },
  refused: {
    sentence: 'Nothing listens at {hub}: the connection was refused.',
    action: 'Check that the Beam proxy is running and that the port in hub.beam.url is right.',
  },
  unreachable: {
    sentence: 'There is no way to {hub} in the network.',
    action: 'Check the network of this computer and ask the firewall team to allow outgoing connections to {hub}.',
  },
  timeout: {
    sentence: '{hub} did not answer in time.',
    action: 'Check that a firewall does not drop the connection silently and that the Beam proxy is healthy.',
  },
  cut: {
    sentence: 'The connection to {hub} was cut before the answer was complete.',
    action: 'If this repeats, a firewall or proxy cuts idle connections: set hub.beam.waitSeconds lower.',
  },
  'tls-untrusted': {
    sentence: 'The certificate of {hub} is signed by an authority this computer does not trust.',
    action: 'If the hospital inspects TLS, put its certificate authority into a PEM file and name it in hub.caFile.',
  },
  'tls-expired': {
    sentence: 'The certificate of {hub} is expired or not valid yet.',
    action: 'Check the clock of this computer; if it is right, tell the operator of {hub}.',
  },
  'tls-name': {
    sentence: 'The certificate of {hub} was issued for another name.',
    action: 'Check the host name in hub.beam.url.',
  },
  'proxy-unreachable': {
    sentence: 'The forward proxy {proxy} cannot be reached.',
    action: 'Check hub.proxy, or the proxy variables of the environment, and that the proxy is running.',
  },
  'proxy-auth-basic': {
    sentence: 'The forward proxy {proxy} asks for a user and a password.',
    action: 'Write them into hub.proxy as http://user:password@host:port, or have {hub} exempted at the proxy.',
  },
  'proxy-auth-ntlm': {
    sentence: 'The forward proxy {proxy} asks for NTLM or Kerberos sign-in, which this node does not speak.',
    action: 'Have this computer exempted at the proxy, or run cntlm or px beside the node and name it in hub.proxy.',
  },
  'proxy-denied': {
    sentence: 'The forward proxy {proxy} does not allow connections to {hub}.',
    action: 'Ask the firewall team to allow {hub} at the proxy.',
  },
  'not-on-the-list': {
    sentence: 'A connection to a host other than {hub} was refused by this node.',
    action: 'Only the host in hub.beam.url may be contacted; report this, it is a fault of the software.',
  },
  'too-large': {
    sentence: 'The answer of {hub} is larger than this node takes.',
    action: 'Tell the operator of the hub; the answer was dropped.',
  },
  nonsense: {
    sentence: '{hub} answered something that is not the Beam application API.',
    action: 'Check that hub.beam.url is the address of a Beam proxy and not of a web site, a portal or a login page.',
  },
  authentication: {
    sentence: '{hub} does not accept the application id or its key. The connector has stopped.',
    action: 'Correct hub.beam.appId (it is case-sensitive) or the key in hub.beam.apiKeyFile, then restart the node.',
  },
  'not-permitted': {
    sentence: '{hub} does not let this application ask for its tasks. The connector has stopped.',
    action: 'Check that hub.beam.appId is the application the Beam proxy knows, then restart the node.',
  },
  'hub-unavailable': {
    sentence: '{hub} is there but reports a fault of its own.',
    action: 'Nothing to do here: the node tries again by itself. If it lasts, tell the operator of the Beam proxy.',
  },
  stopped: { sentence: 'The node ended the request because it is stopping.', action: 'Nothing to do.' },
  other: {
    sentence: 'The connection to {hub} failed.',
    action: 'Look at the egress ledger and the log for the cause; the node tries again by itself.',
  },
};

/** Retrying does not help; a person has to act first. */
const PERMANENT: ReadonlySet<HubFaultKind> = new Set(['authentication', 'not-permitted']);

export class HubFault extends Error {
  override readonly name = 'HubFault';
  readonly kind: HubFaultKind;
  readonly action: string;

  constructor(kind: HubFaultKind, hosts: { hub: string; proxy?: string | undefined; detail?: string | undefined }) {
    const fill = (text: string) =>
      text.replaceAll('{hub}', hosts.hub).replaceAll('{proxy}', hosts.proxy ?? 'the forward proxy');
    super(hosts.detail ? `${fill(WORDS[kind].sentence)} (${hosts.detail})` : fill(WORDS[kind].sentence));
    this.kind = kind;
    this.action = fill(WORDS[kind].action);
  }

  get permanent(): boolean {
    return PERMANENT.has(this.kind);
  }
}
