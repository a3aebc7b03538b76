/** Incidents: read from the server, and again whenever a check says that one began, was acknowledged or ended. */
import type { CheckStatus, HealthSummary, HealthUpdate, Incident } from '../src/protocol/index.ts';
import { adviceOn } from './advice.ts';
import type { Fleet } from './fleet.ts';

/** Checks that change together are asked about once, ms. */
const GATHER_MS = 150;

/** What is known of incidents. */
export interface Incidents {
  /** Newest first; undefined before the first answer. */
  readonly all: readonly Incident[] | undefined;
  readonly open: readonly Incident[];
  /** Why they cannot be read; empty: all is well. */
  readonly problem: string;
  acknowledge(incident: string): Promise<void>;
  /** Is told now, and after each change. */
  follow(listener: () => void): void;
}

/** Follows the channel `health`, and asks the API when it says something of incidents. */
export function incidentsOf({ socket, api }: Fleet): Incidents {
  const listeners = new Set<() => void>();
  /** By check: what it last said of its incident. */
  const said = new Map<string, string>();
  let all: readonly Incident[] | undefined;
  let problem = '';
  let due: ReturnType<typeof setTimeout> | undefined;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const read = async (): Promise<void> => {
    due = undefined;
    try {
      all = await api.incidents();
      problem = '';
    } catch (error) {
      problem = `The incidents cannot be read. ${adviceOn(error)}`;
    }
    tell();
  };
  const plan = (): void => {
    due ??= setTimeout(() => void read(), GATHER_MS);
  };
  /** @returns whether it says something new. */
  const take = ({ check, incident, state }: CheckStatus): boolean => {
    const now = incident ? `${incident.id} ${state} ${incident.acknowledgedBy ?? ''}` : '';
    const isNew = (said.get(check) ?? '') !== now;
    said.set(check, now);
    return isNew;
  };
  socket.subscribe('health', {
    snapshot(data) {
      for (const check of (data as unknown as HealthSummary).checks) take(check);
      plan();
    },
    publication(data) {
      const update = data as unknown as HealthUpdate;
      if (!('removed' in update) && take(update)) plan();
    },
  });

  return {
    get all() {
      return all;
    },
    get open() {
      return (all ?? []).filter(({ endedAt }) => endedAt === undefined);
    },
    get problem() {
      return problem;
    },
    async acknowledge(incident) {
      const taken = await api.acknowledge(incident);
      all = all?.map((one) => (one.id === incident ? taken : one));
      tell();
    },
    follow(listener) {
      listeners.add(listener);
      listener();
    },
  };
}
