import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Answer } from '../client/call.ts';

type Minutes = Answer<'getOverview'>['throughput'];

const HEIGHT = 190;

/** A step is drawn from its minute to the next, so the last minute gets an end of its own. */
function dataOf(minutes: Minutes): uPlot.AlignedData {
  const last = minutes.at(-1);
  const start = (minute: string) => new Date(minute).getTime() / 1000;
  const end = last === undefined ? [] : [last];
  return [
    [...minutes.map((minute) => start(minute.minute)), ...end.map((minute) => start(minute.minute) + 60)],
    [...minutes, ...end].map((minute) => minute.received),
    [...minutes, ...end].map((minute) => minute.indexed),
  ];
}

/** Colours come from the console's own variables, so the chart follows the colour scheme. */
function optionsOf(width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--mantine-color-dimmed'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 20, 0, 0],
    scales: { y: { range: (_, __, most) => [0, Math.max(5, most * 1.1)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        space: 90,
        values: (_, ticks) => ticks.map((at) => clock.format(at * 1000)),
      },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] },
    ],
    series: [
      {},
      { stroke: colour('--neutral-mark'), width: 1.5, points: { show: false }, ...(stepped && { paths: stepped }) },
      {
        stroke: colour('--accent-mark'),
        fill: `color-mix(in srgb, ${colour('--accent-mark')} 16%, transparent)`,
        width: 2,
        points: { show: false },
        ...(stepped && { paths: stepped }),
      },
    ],
  };
}

/** Objects received and indexed per minute; the words for it stand beside the chart. */
export default function ThroughputChart({ minutes }: { minutes: Minutes }) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const shown = useRef(minutes);
  const scheme = useComputedColorScheme('light');
  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas keeps its colours, so a new scheme needs a new chart
  useEffect(() => {
    const target = frame.current;
    if (target === null) return;
    const made = new uPlot(optionsOf(target.clientWidth), dataOf(shown.current), target);
    const observer = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height: HEIGHT }));
    observer.observe(target);
    chart.current = made;
    return () => {
      observer.disconnect();
      chart.current = undefined;
      made.destroy();
    };
  }, [scheme]);
  useEffect(() => {
    shown.current = minutes;
    chart.current?.setData(dataOf(minutes));
  }, [minutes]);
  return <div ref={frame} className="chart" />;
}
