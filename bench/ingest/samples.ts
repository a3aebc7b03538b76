/** The samples of the bench: the same series with other values each time, as a fleet sends them. */

const AGENTS = 100;
const METRICS = [
  'agent_tasks_active',
  'agent_queue_depth',
  'agent_cpu_ratio',
  'agent_heap_bytes',
  'agent_latency_seconds',
];

/** A series' metric and tags. */
export interface BenchSeries {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** @param count how many series. */
export function benchSeries(count: number): BenchSeries[] {
  return Array.from({ length: count }, (_, i) => ({
    name: METRICS[i % METRICS.length]!,
    tags: {
      agent: `agent-${i % AGENTS}`,
      environment: i % 3 === 0 ? 'production' : 'staging',
      host: `host-${String(Math.floor(i / AGENTS)).padStart(4, '0')}.fleet.example`,
      zone: `zone-${i % 7}`,
    },
  }));
}

/** A value of three decimals that differs from round to round. */
const valueOf = (i: number, round: number): number => ((i * 7_919 + round * 104_729) % 1_000_000) / 1_000;

/** One round as Prometheus text: a line a series. */
export function textBody(series: readonly BenchSeries[], round: number): Buffer {
  const lines = series.map(({ name, tags }, i) => {
    const labels = Object.entries(tags).map(([tag, value]) => `${tag}="${value}"`);
    return `${name}{${labels.join(',')}} ${valueOf(i, round)}\n`;
  });
  return Buffer.from(lines.join(''));
}

/** One round as JSON. */
export function jsonBody(series: readonly BenchSeries[], round: number): Buffer {
  const samples = series.map(({ name, tags }, i) => ({ name, tags, value: valueOf(i, round) }));
  return Buffer.from(JSON.stringify({ samples }));
}
