import { describe, expect, it } from 'vitest';
import { ObjectIds } from '../../node-agent/store/object-id.ts';

describe('the name of an object', () => {
  it('is a UUID of version 7', () => {
    expect(new ObjectIds().next()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
  });

  it('sorts after every name before it, also in one millisecond and when the clock was set back', () => {
    let clock = Date.UTC(2026, 0, 1);
    const ids = new ObjectIds(() => clock);
    const names = Array.from({ length: 20_000 }, (_, index) => {
      if (index === 10_000) clock -= 60_000;
      if (index === 15_000) clock += 90_000;
      return ids.next();
    });
    expect([...names].sort()).toEqual(names);
    expect(new Set(names)).toHaveLength(names.length);
  });
});
