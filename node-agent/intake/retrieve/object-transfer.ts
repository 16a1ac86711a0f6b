/** The objects of a C-GET on the wire: our own stream in the place of the library's, which would gather and decode them. */
import { DimseFailure } from './dimse-failure.ts';
import { Dataset, type End, type Guard, type LibraryNetwork, type Proposal, responses } from './dimse-library.ts';

/** Takes the objects of a C-GET as they come. */
export interface ObjectTaker {
  /** Storage classes to propose, each with the transfer syntaxes that share a context. */
  readonly contexts: readonly Proposal[];
  begin(object: { sopClassUid: string; sopInstanceUid: string; transferSyntaxUid: string }): IncomingDataSet;
}

export interface IncomingDataSet {
  /** @returns false when the sender has to wait for `whenDrained` */
  write(bytes: Buffer): boolean;
  whenDrained(callback: () => void): void;
  /** @returns the DIMSE status to answer; durable when it is 0 */
  finish(): Promise<number>;
  abandon(): Promise<void>;
}

const PROCESSING_FAILURE = 0x0110;
/** What to answer for a data set that stands for a received object. */
const statusOf = new WeakMap<object, number>();

export function takeObjects(
  network: LibraryNetwork,
  taker: ObjectTaker,
  open: Set<IncomingDataSet>,
  end: End,
  guarded: Guard,
): void {
  network.createStoreWritableStream = (context, command) => {
    const text = (name: string) => String(command.getCommandDataset().getElement(name) ?? '');
    const dataSet = taker.begin({
      sopClassUid: text('AffectedSOPClassUID'),
      sopInstanceUid: text('AffectedSOPInstanceUID'),
      transferSyntaxUid: context.getAcceptedTransferSyntaxUid() ?? '',
    });
    open.add(dataSet);
    let over = false;
    return {
      dataSet,
      write: (bytes: Buffer) => {
        // Async operations window 1: nothing comes before this object is answered.
        if (over) end(new DimseFailure('The PACS sent more before the last object was answered.', false));
        else if (!dataSet.write(Buffer.from(bytes))) {
          network.socket.pause();
          dataSet.whenDrained(() => network.socket.resume());
        }
        return true;
      },
      once: () => {},
      end: () => {
        over = true;
      },
    };
  };
  network.createDatasetFromStoreWritableStream = (stream, _context, done) => {
    const { dataSet } = stream as { dataSet: IncomingDataSet };
    dataSet
      .finish()
      .catch(() => PROCESSING_FAILURE)
      .then((status) => {
        open.delete(dataSet);
        const stand = new Dataset({});
        statusOf.set(stand, status);
        guarded(done)(stand);
      });
  };
}

/** The answer to a C-STORE whose data set stands for a received object. */
export function storeResponse(stored: unknown): unknown {
  const response = responses.CStoreResponse.fromRequest(stored as never);
  response.setStatus(statusOf.get((stored as { getDataset(): object }).getDataset()) ?? PROCESSING_FAILURE);
  return response;
}
