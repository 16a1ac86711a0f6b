/**
 * Cuts the byte stream of a socket into protocol data units (PS3.8 §9.3.1). Presentation data values
 * are handed on piece by piece as they arrive, so no unit is ever gathered in memory except the short
 * ones; lengths are checked before a byte of the value is taken.
 */
import { ABORT_REASON, PDU_TYPE, ProtocolError } from './protocol-data-unit.ts';

/** A piece of a presentation data value (PS3.8 §9.3.5.1, message control header of annex E.2). */
export interface DataValuePiece {
  readonly contextId: number;
  readonly command: boolean;
  /** The value is the last fragment of its command or data set. */
  readonly lastFragment: boolean;
  /** This piece ends the value. */
  readonly endOfValue: boolean;
  readonly bytes: Buffer;
}

export interface PduHandlers {
  /** A whole unit other than P-DATA-TF; the body is without the six header bytes. */
  unit(type: number, body: Buffer): void;
  /** A P-DATA-TF begins. */
  dataTransfer(): void;
  dataValue(piece: DataValuePiece): void;
  /** The stream cannot be understood; nothing more is read from it. */
  invalid(error: ProtocolError): void;
}

export interface PduLengthLimits {
  /** Longest A-ASSOCIATE-RQ in bytes. */
  readonly associateBytes: number;
  /** Longest P-DATA-TF in bytes. */
  readonly dataTransferBytes: number;
}

type Phase = 'header' | 'body' | 'value header' | 'value';

const HEADER_BYTES = 6; // of a unit and of a presentation data value alike
const SHORT_UNIT_BYTES = 4; // reject, release and abort have exactly four bytes
const FIRST_ROOM_BYTES = 4096;

export class PduReader {
  readonly #handlers: PduHandlers;
  readonly #limits: PduLengthLimits;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0;
  #units = 0;
  #phase: Phase = 'header';
  #type = 0;
  #body = Buffer.alloc(0);
  #bodyFilled = 0;
  #unitRemaining = 0;
  #valueRemaining = 0;
  #contextId = 0;
  #control = 0;
  #backlog: Buffer[] = [];
  #held = false;
  #stopped = false;
  #running = false;

  constructor(handlers: PduHandlers, limits: PduLengthLimits) {
    this.#handlers = handlers;
    this.#limits = limits;
  }

  /** The number of the unit that has begun and is not complete; undefined between units. */
  get currentUnit(): number | undefined {
    return this.#phase !== 'header' || this.#headerFilled > 0 ? this.#units : undefined;
  }

  /** Takes bytes from the socket; what cannot be read now is copied, so the buffer may be used again afterwards. */
  push(chunk: Buffer): void {
    if (this.#stopped || chunk.length === 0) return;
    // Bytes that wait, or the loop that called a handler that called us: these come behind them.
    const taken = this.#backlog.length > 0 || this.#running ? 0 : this.#readAll(chunk);
    if (taken < chunk.length && !this.#stopped) this.#backlog.push(Buffer.from(chunk.subarray(taken)));
  }

  /** Keeps what comes without reading it, until `resume`. */
  hold(): void {
    this.#held = true;
  }

  resume(): void {
    this.#held = false;
    if (this.#running) return; // a handler resumed synchronously: the loop below goes on by itself
    for (let chunk = this.#backlog[0]; chunk && !this.#held && !this.#stopped; chunk = this.#backlog[0]) {
      const taken = this.#readAll(chunk);
      if (taken === chunk.length) this.#backlog.shift();
      else this.#backlog[0] = chunk.subarray(taken);
    }
  }

  /** Reads nothing more, for good. */
  stop(): void {
    this.#stopped = true;
    this.#backlog = [];
  }

  /** Reads until the end of the chunk, or until a handler holds or stops. @returns how many bytes it took */
  #readAll(chunk: Buffer): number {
    this.#running = true;
    let offset = 0;
    try {
      while (offset < chunk.length && !this.#held && !this.#stopped) {
        offset += this.#consume(offset === 0 ? chunk : chunk.subarray(offset));
      }
    } catch (error) {
      this.stop();
      if (!(error instanceof ProtocolError)) throw error;
      this.#handlers.invalid(error);
    } finally {
      this.#running = false;
    }
    return offset;
  }

  /** One step of the machine. @returns how many bytes it took */
  #consume(bytes: Buffer): number {
    switch (this.#phase) {
      case 'header': {
        const taken = this.#fillHeader(bytes);
        if (this.#headerFilled === HEADER_BYTES) this.#beginUnit();
        return taken;
      }
      case 'body':
        return this.#fillBody(bytes);
      case 'value header': {
        const taken = this.#fillHeader(bytes);
        if (this.#headerFilled === HEADER_BYTES) this.#beginValue();
        return taken;
      }
      case 'value':
        return this.#passValue(bytes);
    }
  }

  #fillHeader(bytes: Buffer): number {
    const taken = bytes.copy(this.#header, this.#headerFilled, 0, HEADER_BYTES - this.#headerFilled);
    this.#headerFilled += taken;
    return taken;
  }

  #beginUnit(): void {
    this.#headerFilled = 0;
    this.#type = this.#header.readUInt8(0);
    const length = this.#header.readUInt32BE(2);
    if (this.#type === PDU_TYPE.dataTransfer) {
      if (length > this.#limits.dataTransferBytes) {
        throw new ProtocolError(
          `A P-DATA-TF of ${length} bytes was announced, ${this.#limits.dataTransferBytes} are allowed.`,
          ABORT_REASON.invalidParameterValue,
        );
      }
      if (length < HEADER_BYTES) {
        throw new ProtocolError('A P-DATA-TF holds no data value.', ABORT_REASON.invalidParameterValue);
      }
      this.#unitRemaining = length;
      this.#phase = 'value header';
      this.#handlers.dataTransfer();
      return;
    }
    const limit = this.#unitLimit();
    if (length > limit) {
      throw new ProtocolError(
        `A unit of type ${this.#type} with ${length} bytes was announced, ${limit} are allowed.`,
        ABORT_REASON.invalidParameterValue,
      );
    }
    this.#unitRemaining = length;
    this.#bodyFilled = 0;
    this.#body = Buffer.alloc(Math.min(length, FIRST_ROOM_BYTES));
    this.#phase = 'body';
    if (length === 0) this.#endUnit();
  }

  #unitLimit(): number {
    switch (this.#type) {
      case PDU_TYPE.associateRequest:
      case PDU_TYPE.associateAccept:
        return this.#limits.associateBytes;
      case PDU_TYPE.associateReject:
      case PDU_TYPE.releaseRequest:
      case PDU_TYPE.releaseResponse:
      case PDU_TYPE.abort:
        return SHORT_UNIT_BYTES;
      default:
        throw new ProtocolError(`Unknown unit type ${this.#type}.`, ABORT_REASON.unrecognisedPdu);
    }
  }

  /** The room doubles as bytes really come: an announced length alone costs no memory. */
  #fillBody(bytes: Buffer): number {
    const taken = Math.min(bytes.length, this.#unitRemaining - this.#bodyFilled);
    const needed = this.#bodyFilled + taken;
    if (needed > this.#body.length) {
      const larger = Buffer.alloc(Math.min(this.#unitRemaining, Math.max(needed, this.#body.length * 2)));
      this.#body.copy(larger, 0, 0, this.#bodyFilled);
      this.#body = larger;
    }
    bytes.copy(this.#body, this.#bodyFilled, 0, taken);
    this.#bodyFilled = needed;
    if (this.#bodyFilled === this.#unitRemaining) this.#endUnit();
    return taken;
  }

  #endUnit(): void {
    const body = this.#body;
    this.#body = Buffer.alloc(0);
    this.#phase = 'header';
    this.#units += 1;
    this.#handlers.unit(this.#type, body);
  }

  #beginValue(): void {
    this.#headerFilled = 0;
    const length = this.#header.readUInt32BE(0);
    if (length < 2 || length + 4 > this.#unitRemaining) {
      throw new ProtocolError(
        'The length of a data value does not fit into its P-DATA-TF.',
        ABORT_REASON.invalidParameterValue,
      );
    }
    this.#contextId = this.#header.readUInt8(4);
    this.#control = this.#header.readUInt8(5);
    this.#unitRemaining -= length + 4;
    if (this.#unitRemaining > 0 && this.#unitRemaining < HEADER_BYTES) {
      throw new ProtocolError('A P-DATA-TF ends inside a data value header.', ABORT_REASON.invalidParameterValue);
    }
    this.#valueRemaining = length - 2;
    this.#phase = 'value';
    if (this.#valueRemaining === 0) this.#passValue(Buffer.alloc(0));
  }

  #passValue(bytes: Buffer): number {
    const piece = bytes.subarray(0, this.#valueRemaining);
    this.#valueRemaining -= piece.length;
    const endOfValue = this.#valueRemaining === 0;
    // The phase changes first: the handler may hold the reader and return.
    if (endOfValue && this.#unitRemaining > 0) this.#phase = 'value header';
    else if (endOfValue) {
      this.#phase = 'header';
      this.#units += 1;
    }
    this.#handlers.dataValue({
      contextId: this.#contextId,
      command: (this.#control & 0b01) !== 0,
      lastFragment: (this.#control & 0b10) !== 0,
      endOfValue,
      bytes: piece,
    });
    return piece.length;
  }
}
