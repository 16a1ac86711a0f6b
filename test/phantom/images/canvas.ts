/**
 * A grey image as floating point and the strokes that paint anatomy on it. Coordinates run from
 * -1 to 1 over the shorter side, y downwards; patients lie on their back, their right is on the left.
 */
import type { RandomSource } from '../random.ts';

export interface Shape {
  readonly tissue: string;
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
  /** Degrees, clockwise. */
  readonly angle?: number;
  /** Width of the soft edge in pixels; 1.2 unless told. */
  readonly soft?: number;
  /** Waves along the edge: how many, how deep (share of the radius), where they begin. */
  readonly waves?: readonly { readonly count: number; readonly depth: number; readonly phase: number }[];
  /** Share of the colour that is laid on, 0 to 1. */
  readonly opacity?: number;
}

const NOISE_SIZE = 256;

export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;

  constructor(width: number, height: number, background: number) {
    this.width = width;
    this.height = height;
    this.values = new Float32Array(width * height).fill(background);
  }

  /** Fills a soft-edged ellipse with a value, varied by the texture (same unit as the value). */
  paint(shape: Shape, value: number, texture = 0, noise?: NoiseField): void {
    const scale = Math.min(this.width, this.height) / 2;
    const angle = ((shape.angle ?? 0) * Math.PI) / 180;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const soft = shape.soft ?? 1.2;
    // Nearer to the centre than this, no pixel touches the soft edge.
    const deepInside = 1 - soft / (Math.min(shape.rx, shape.ry) * scale);
    const reach = Math.max(shape.rx, shape.ry) * 1.35 + soft / scale;
    const centreX = this.width / 2 + shape.x * scale;
    const centreY = this.height / 2 + shape.y * scale;
    const [left, right] = range(centreX, reach * scale, this.width);
    const [top, bottom] = range(centreY, reach * scale, this.height);
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) {
        const dx = (column + 0.5 - centreX) / scale;
        const dy = (row + 0.5 - centreY) / scale;
        const u = (dx * cosine + dy * sine) / shape.rx;
        const v = (dy * cosine - dx * sine) / shape.ry;
        let radius = Math.sqrt(u * u + v * v);
        if (radius > 1.6) continue;
        if (shape.waves !== undefined) radius /= waveFactor(shape.waves, Math.atan2(v, u));
        const cover = radius < deepInside ? 1 : edgeCover(radius, u / shape.rx, v / shape.ry, scale / soft);
        if (cover <= 0) continue;
        const index = row * this.width + column;
        const alpha = Math.min(1, cover) * (shape.opacity ?? 1);
        const old = this.values[index] ?? 0;
        const grain = noise === undefined ? 0 : noise.at(column, row) * texture;
        this.values[index] = old + (value + grain - old) * alpha;
      }
    }
  }

  /** Adds noise of this strength to every pixel. */
  addNoise(strength: number, noise: NoiseField): void {
    for (let index = 0; index < this.values.length; index += 1) {
      const column = index % this.width;
      this.values[index] = (this.values[index] ?? 0) + noise.at(column, (index - column) / this.width) * strength;
    }
  }

  /** Adds the same amount to every pixel. */
  shift(by: number): void {
    for (let index = 0; index < this.values.length; index += 1) this.values[index] = (this.values[index] ?? 0) + by;
  }

  /** Blurs with a 3 × 3 binomial kernel. */
  smooth(): void {
    const source = Float32Array.from(this.values);
    for (let row = 1; row < this.height - 1; row += 1) {
      for (let column = 1; column < this.width - 1; column += 1) {
        const index = row * this.width + column;
        const at = (offset: number): number => source[index + offset] ?? 0;
        const edges = at(-1) + at(1) + at(-this.width) + at(this.width);
        const corners = at(-this.width - 1) + at(-this.width + 1) + at(this.width - 1) + at(this.width + 1);
        this.values[index] = (4 * at(0) + 2 * edges + corners) / 16;
      }
    }
  }

  /** Little endian 16-bit samples, rounded and held inside the limits (not below 0). */
  words(low: number, high: number): Uint8Array {
    const bytes = new Uint8Array(this.values.length * 2);
    for (let index = 0; index < this.values.length; index += 1) {
      const whole = Math.round(Math.min(high, Math.max(low, this.values[index] ?? 0)));
      bytes[index * 2] = whole & 0xff;
      bytes[index * 2 + 1] = whole >> 8;
    }
    return bytes;
  }

  /** 8-bit samples. */
  bytes(): Uint8Array {
    return Uint8Array.from(this.values, (value) => Math.round(Math.min(255, Math.max(0, value))));
  }
}

/** Gaussian noise with mean 0 and deviation 1, smoothed over `grain` pixels, endless by repetition. */
export class NoiseField {
  readonly #field: Float32Array;
  readonly #shift: number;

  private constructor(field: Float32Array, shift: number) {
    this.#field = field;
    this.#shift = shift;
  }

  static create(random: RandomSource, grain: number): NoiseField {
    const raw = Float32Array.from({ length: NOISE_SIZE * NOISE_SIZE }, () => random.gaussian());
    return new NoiseField(grain === 0 ? raw : normalised(blurred(blurred(raw, grain), grain)), 0);
  }

  /** The noise at a pixel; the same pixel gives the same number. */
  at(column: number, row: number): number {
    const x = (column + this.#shift * 37) & (NOISE_SIZE - 1);
    const y = (row + this.#shift * 91) & (NOISE_SIZE - 1);
    return this.#field[y * NOISE_SIZE + x] ?? 0;
  }

  /** The same field seen from elsewhere, so that slices differ without new fields. */
  moved(by: number): NoiseField {
    return new NoiseField(this.#field, this.#shift + by);
  }
}

/** Share of a pixel that is covered: the distance to the edge to first order, right for thin shapes as well. */
function edgeCover(radius: number, slopeX: number, slopeY: number, sharpness: number): number {
  if (radius < 1e-6) return 1;
  const steepness = Math.sqrt(slopeX * slopeX + slopeY * slopeY) / radius;
  return 0.5 + ((1 - radius) * sharpness) / Math.max(steepness, 1e-6);
}

function waveFactor(waves: NonNullable<Shape['waves']>, theta: number): number {
  let factor = 1;
  for (const wave of waves) factor += wave.depth * Math.sin(wave.count * theta + wave.phase);
  return Math.max(0.2, factor);
}

function range(centre: number, reach: number, size: number): [number, number] {
  return [Math.max(0, Math.floor(centre - reach)), Math.min(size - 1, Math.ceil(centre + reach))];
}

function blurred(field: Float32Array, grain: number): Float32Array {
  let current = field;
  for (const step of [1, NOISE_SIZE]) {
    const next = new Float32Array(current.length);
    for (let index = 0; index < current.length; index += 1) {
      let sum = 0;
      for (let shift = -grain; shift <= grain; shift += 1) {
        sum += current[(index + shift * step + current.length) % current.length] ?? 0;
      }
      next[index] = sum / (2 * grain + 1);
    }
    current = next;
  }
  return current;
}

function normalised(field: Float32Array): Float32Array {
  let squares = 0;
  for (const value of field) squares += value * value;
  const deviation = Math.sqrt(squares / field.length);
  return field.map((value) => value / deviation);
}
