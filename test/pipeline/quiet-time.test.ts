import { describe, expect, it } from 'vitest';
import { QuietTime } from '../../node-agent/pipeline/quiet-time.ts';

describe('where reception comes first', () => {
  function clocked() {
    let now = 0;
    const time = new QuietTime(() => now);
    return { time, pass: (milliseconds: number) => (now += milliseconds) };
  }

  it('may work as long as nothing has come', () => {
    expect(clocked().time.quiet).toBe(true);
  });

  it('waits while objects come, and goes on five seconds after the last', () => {
    const { time, pass } = clocked();
    time.arrived();
    pass(4_999);
    expect(time.quiet).toBe(false);
    time.arrived();
    pass(4_999);
    expect(time.quiet).toBe(false);
    pass(1);
    expect(time.quiet).toBe(true);
  });

  it('does not wait for ever: after ten minutes of arrivals without a pause it works beside them', () => {
    const { time, pass } = clocked();
    for (let second = 0; second < 600; second += 1) {
      time.arrived();
      expect(time.quiet).toBe(false);
      pass(1_000);
    }
    time.arrived();
    expect(time.quiet).toBe(true);
  });
});
