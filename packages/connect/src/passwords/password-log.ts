import type { PasswordLogEntry, passwordLogStatuses } from '@causeway/control';
import type { SourceAnchor } from '@causeway/model';
import type { Guid } from '@ad-protocols/wire';
import type { AgentState } from '../agent/agent-state.ts';

/** What became of a password, in Microsoft's words. */
export type PasswordStatus = (typeof passwordLogStatuses)[number];

/** One line of the password log. */
export interface LogLine {
  readonly objectGuid: Guid;
  readonly anchor: SourceAnchor | undefined;
  readonly dn: string;
  readonly status: PasswordStatus;
  /** When the password was set at the source, ISO 8601. */
  readonly changedAt: string | undefined;
  readonly detail: string | undefined;
}

const KEPT_MS = 7 * 86_400_000;
/** Lines of all objects together. */
const MOST_LINES = 1_000_000;
const PURGE_EVERY_MS = 600_000;
/** Lines that one purge removes at most, so that it never takes long. */
const PURGE_LINES = 20_000;

/** What became of each user's password in the last seven days. */
export interface PasswordLog {
  /** Adds lines, in one transaction with whatever else is under way in one. */
  append(connector: string, lines: readonly LogLine[]): void;
  /** The lines of one object, newest first. */
  read(connector: string, objectGuid: string, count: number): PasswordLogEntry[];
}

interface Row {
  readonly at: number;
  readonly status: PasswordStatus;
  readonly changed_at: string | null;
  readonly detail: string | null;
}

/** The password log in the agent's state. @throws {CausewayError} ERR_CONNECT_AGENT_STATE from every method. */
export function openPasswordLog(agent: AgentState, now: () => number): PasswordLog {
  const insert = agent.database.prepare(
    'INSERT INTO password_log (connector, object_guid, anchor, dn, at, status, changed_at, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const read = agent.database.prepare<[string, string, number], Row>(
    'SELECT at, status, changed_at, detail FROM password_log WHERE connector = ? AND object_guid = ? ORDER BY id DESC LIMIT ?',
  );
  const purgeOld = agent.database.prepare(
    'DELETE FROM password_log WHERE id IN (SELECT id FROM password_log WHERE at < ? ORDER BY at LIMIT ?)',
  );
  const purgeMany = agent.database.prepare(
    'DELETE FROM password_log WHERE id <= (SELECT max(id) FROM password_log) - ? AND id IN (SELECT id FROM password_log ORDER BY id LIMIT ?)',
  );
  let purgedAt = 0;
  const purge = (at: number): void => {
    if (at - purgedAt < PURGE_EVERY_MS) return;
    purgedAt = at;
    purgeOld.run(at - KEPT_MS, PURGE_LINES);
    purgeMany.run(MOST_LINES, PURGE_LINES);
  };
  return {
    append(connector, lines) {
      if (lines.length === 0) return;
      const at = now();
      agent.transaction(() => {
        for (const { objectGuid, anchor, dn, status, changedAt, detail } of lines)
          insert.run(connector, objectGuid, anchor ?? null, dn, at, status, changedAt ?? null, detail ?? null);
        purge(at);
      });
    },
    read: (connector, objectGuid, count) =>
      agent
        .transaction(() => read.all(connector, objectGuid, count))
        .map(({ at, changed_at: changedAt, ...row }) => ({
          ...row,
          at: new Date(at).toISOString(),
          changedAt,
        })),
  };
}
