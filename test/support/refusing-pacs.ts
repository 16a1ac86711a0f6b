/** A PACS that answers every query and retrieval with one status, on a real association. */
import dcmjsDimse from 'dcmjs-dimse';
import { freePort } from './free-port.ts';

const { Scp, Server, constants, log, responses } = dcmjsDimse;
log.setLevel('silent');

export interface RefusingPacs {
  readonly port: number;
  stop(): void;
}

/** @param refused C-MOVE and C-GET alone, with C-FIND listing nothing; or the queries as well */
export async function startRefusingPacs(
  status: number,
  refused: 'retrieval' | 'all' = 'retrieval',
): Promise<RefusingPacs> {
  class Refusing extends Scp {
    override associationRequested(association: InstanceType<typeof dcmjsDimse.association.Association>): void {
      for (const { id } of association.getPresentationContexts() as { id: number }[]) {
        const context = association.getPresentationContext(id);
        context.setResult(constants.PresentationContextResult.Accept, context.getTransferSyntaxUids()[0]);
      }
      this.sendAssociationAccept();
    }
    override cFindRequest(request: never, callback: (answers: never[]) => void): void {
      callback([answered(responses.CFindResponse.fromRequest(request), refused === 'all' ? status : 0)]);
    }
    override cMoveRequest(request: never, callback: (answers: never[]) => void): void {
      callback([answered(responses.CMoveResponse.fromRequest(request), status)]);
    }
    override cGetRequest(request: never, callback: (answers: never[]) => void): void {
      callback([answered(responses.CGetResponse.fromRequest(request), status)]);
    }
    override associationReleaseRequested(): void {
      this.sendAssociationReleaseResponse();
    }
  }
  const port = await freePort();
  const server = new Server(Refusing);
  server.on('networkError', () => {});
  server.listen(port);
  return { port, stop: () => server.close() };
}

function answered(response: { setStatus(status: number): void }, status: number): never {
  response.setStatus(status);
  return response as never;
}
