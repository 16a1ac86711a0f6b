/** A PACS that answers every query and retrieval with one status, on a real association. */
import dcmjsDimse from 'dcmjs-dimse';
import { freePort } from './free-port.ts';

const { Scp, Server, constants, log, responses } = dcmjsDimse;
log.setLevel('silent');

export interface RefusingPacs {
  readonly port: number;
  stop(): void;
}

const RETRIEVAL = ['1.2.840.10008.5.1.4.1.2.2.2', '1.2.840.10008.5.1.4.1.2.2.3'];

/**
 * @param refused C-MOVE and C-GET alone, with C-FIND listing nothing; the queries as well; or the presentation contexts of
 * C-MOVE and C-GET, so that nobody gets as far as asking
 */
export async function startRefusingPacs(
  status: number,
  refused: 'retrieval' | 'all' | 'contexts' = 'retrieval',
): Promise<RefusingPacs> {
  class Refusing extends Scp {
    override associationRequested(association: InstanceType<typeof dcmjsDimse.association.Association>): void {
      for (const { id } of association.getPresentationContexts() as { id: number }[]) {
        const context = association.getPresentationContext(id);
        const { Accept, RejectAbstractSyntaxNotSupported } = constants.PresentationContextResult;
        const offered = refused !== 'contexts' || !RETRIEVAL.includes(context.getAbstractSyntaxUid());
        context.setResult(offered ? Accept : RejectAbstractSyntaxNotSupported, context.getTransferSyntaxUids()[0]);
      }
      this.sendAssociationAccept();
    }
    override cEchoRequest(request: never, callback: (answer: never) => void): void {
      callback(answered(responses.CEchoResponse.fromRequest(request), 0));
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
