/**
 * The acceptor's half of the upper layer state machine (PS3.8 §9.2, table 9-10), as a table. States,
 * events and actions carry the standard's own labels; `association.ts` carries the actions out.
 * Rows that only a requestor can reach (Sta4, 5, 7, 9-12; Evt1, 2, 11) are left out.
 */

/**
 * Sta1 idle · Sta2 transport open, awaiting A-ASSOCIATE-RQ · Sta3 awaiting the local A-ASSOCIATE
 * response · Sta6 established · Sta8 awaiting the local A-RELEASE response · Sta13 awaiting the
 * closing of the transport.
 */
export type UpperLayerState = 'Sta1' | 'Sta2' | 'Sta3' | 'Sta6' | 'Sta8' | 'Sta13';

/**
 * Evt3 A-ASSOCIATE-AC · Evt4 A-ASSOCIATE-RJ · Evt5 transport opened · Evt6 A-ASSOCIATE-RQ · Evt7 local
 * accept · Evt8 local reject · Evt9 local P-DATA request · Evt10 P-DATA-TF · Evt12 A-RELEASE-RQ ·
 * Evt13 A-RELEASE-RP · Evt14 local release response · Evt15 local abort · Evt16 A-ABORT · Evt17
 * transport closed · Evt18 ARTIM timer expired · Evt19 unrecognised or invalid PDU.
 */
export type UpperLayerEvent =
  | 'Evt3'
  | 'Evt4'
  | 'Evt5'
  | 'Evt6'
  | 'Evt7'
  | 'Evt8'
  | 'Evt9'
  | 'Evt10'
  | 'Evt12'
  | 'Evt13'
  | 'Evt14'
  | 'Evt15'
  | 'Evt16'
  | 'Evt17'
  | 'Evt18'
  | 'Evt19';

/** The actions of PS3.8 tables 9-6 to 9-9 an acceptor performs. */
export type UpperLayerAction =
  | 'AE-5'
  | 'AE-6'
  | 'AE-7'
  | 'AE-8'
  | 'DT-1'
  | 'DT-2'
  | 'AR-2'
  | 'AR-4'
  | 'AR-5'
  | 'AR-7'
  | 'AA-1'
  | 'AA-2'
  | 'AA-3'
  | 'AA-4'
  | 'AA-5'
  | 'AA-6'
  | 'AA-7'
  | 'AA-8';

export interface Transition {
  readonly action: UpperLayerAction;
  readonly next: UpperLayerState;
}

type Row = Partial<Record<UpperLayerEvent, readonly [UpperLayerAction, UpperLayerState]>>;

const TABLE: Readonly<Record<UpperLayerState, Row>> = {
  Sta1: { Evt5: ['AE-5', 'Sta2'] },
  Sta2: {
    Evt3: ['AA-1', 'Sta13'],
    Evt4: ['AA-1', 'Sta13'],
    Evt6: ['AE-6', 'Sta3'],
    Evt10: ['AA-1', 'Sta13'],
    Evt12: ['AA-1', 'Sta13'],
    Evt13: ['AA-1', 'Sta13'],
    Evt16: ['AA-2', 'Sta1'],
    Evt17: ['AA-5', 'Sta1'],
    Evt18: ['AA-2', 'Sta1'],
    Evt19: ['AA-1', 'Sta13'],
  },
  Sta3: {
    Evt3: ['AA-8', 'Sta13'],
    Evt4: ['AA-8', 'Sta13'],
    Evt6: ['AA-8', 'Sta13'],
    Evt7: ['AE-7', 'Sta6'],
    Evt8: ['AE-8', 'Sta13'],
    Evt10: ['AA-8', 'Sta13'],
    Evt12: ['AA-8', 'Sta13'],
    Evt13: ['AA-8', 'Sta13'],
    Evt15: ['AA-1', 'Sta13'],
    Evt16: ['AA-3', 'Sta1'],
    Evt17: ['AA-4', 'Sta1'],
    Evt19: ['AA-8', 'Sta13'],
  },
  Sta6: {
    Evt3: ['AA-8', 'Sta13'],
    Evt4: ['AA-8', 'Sta13'],
    Evt6: ['AA-8', 'Sta13'],
    Evt9: ['DT-1', 'Sta6'],
    Evt10: ['DT-2', 'Sta6'],
    Evt12: ['AR-2', 'Sta8'],
    Evt13: ['AA-8', 'Sta13'],
    Evt15: ['AA-1', 'Sta13'],
    Evt16: ['AA-3', 'Sta1'],
    Evt17: ['AA-4', 'Sta1'],
    Evt19: ['AA-8', 'Sta13'],
  },
  Sta8: {
    Evt3: ['AA-8', 'Sta13'],
    Evt4: ['AA-8', 'Sta13'],
    Evt6: ['AA-8', 'Sta13'],
    Evt9: ['AR-7', 'Sta8'],
    Evt10: ['AA-8', 'Sta13'],
    Evt12: ['AA-8', 'Sta13'],
    Evt13: ['AA-8', 'Sta13'],
    Evt14: ['AR-4', 'Sta13'],
    Evt15: ['AA-1', 'Sta13'],
    Evt16: ['AA-3', 'Sta1'],
    Evt17: ['AA-4', 'Sta1'],
    Evt19: ['AA-8', 'Sta13'],
  },
  Sta13: {
    Evt3: ['AA-6', 'Sta13'],
    Evt4: ['AA-6', 'Sta13'],
    Evt6: ['AA-7', 'Sta13'],
    Evt10: ['AA-6', 'Sta13'],
    Evt12: ['AA-6', 'Sta13'],
    Evt13: ['AA-6', 'Sta13'],
    Evt16: ['AA-2', 'Sta1'],
    Evt17: ['AR-5', 'Sta1'],
    Evt18: ['AA-2', 'Sta1'],
    Evt19: ['AA-7', 'Sta13'],
  },
};

/** What an event does in a state; undefined where the event cannot happen (a local request out of turn). */
export function transitionOf(state: UpperLayerState, event: UpperLayerEvent): Transition | undefined {
  const cell = TABLE[state][event];
  return cell && { action: cell[0], next: cell[1] };
}
