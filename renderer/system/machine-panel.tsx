import type { Answer } from '../client/call.ts';
import { formatBytes, formatCount } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';

type Machine = Answer<'getSystem'>['machine'];

interface GaugeProps {
  readonly name: string;
  readonly value: string;
  readonly hint: string;
  /** 0 to 100. */
  readonly percent: number;
}

const WARN_PERCENT = 85;

function Gauge({ name, value, hint, percent }: GaugeProps) {
  const tone = percent >= WARN_PERCENT ? 'tone-warning' : 'tone-accent';
  return (
    <div className={`gauge ${tone}`}>
      <dt>{name}</dt>
      <dd className="gauge-value number">{value}</dd>
      <dd className="gauge-track" aria-hidden>
        <span style={{ width: `${Math.min(100, percent)}%` }} />
      </dd>
      <dd className="gauge-hint number">{hint}</dd>
    </div>
  );
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

/** Processor, memory, disk. */
export function MachinePanel({ machine }: { machine: Machine }) {
  const diskUsed = machine.diskTotalBytes - machine.diskFreeBytes;
  return (
    <Panel title="Machine">
      <dl className="gauges">
        <Gauge
          name="Processor"
          value={`${formatCount(machine.cpuLoadPercent)} %`}
          hint="load of all cores"
          percent={machine.cpuLoadPercent}
        />
        <Gauge
          name="Memory in use"
          value={formatBytes(machine.memoryUsedBytes)}
          hint={`of ${formatBytes(machine.memoryTotalBytes)}`}
          percent={share(machine.memoryUsedBytes, machine.memoryTotalBytes)}
        />
        <Gauge
          name="Memory of Gatehouse"
          value={formatBytes(machine.processMemoryBytes)}
          hint="part of the memory in use"
          percent={share(machine.processMemoryBytes, machine.memoryTotalBytes)}
        />
        <Gauge
          name="Disk free"
          value={formatBytes(machine.diskFreeBytes)}
          hint={`${formatBytes(diskUsed)} of ${formatBytes(machine.diskTotalBytes)} used`}
          percent={share(diskUsed, machine.diskTotalBytes)}
        />
      </dl>
    </Panel>
  );
}
