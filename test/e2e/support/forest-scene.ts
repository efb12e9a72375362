import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import type { Preview, Run } from '@causeway/control';
import { DOMAINS, type Deployment, type DomainControllerName, type Lab } from '@causeway/lab';
import BetterSqlite3 from 'better-sqlite3';

const samDatabase = '/var/lib/samba/private/sam.ldb';

/** What the directory's own database says of an object: the view of somebody who is not connect. */
export interface TenantRow {
  readonly anchor: string;
  readonly objectId: string;
  readonly source: string | null;
  readonly deleted: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Two forests, one with a child domain, and what an administrator does to them; judged by the directory's own database. */
export class ForestScene {
  readonly lab: Lab;
  readonly deployment: Deployment;

  constructor(lab: Lab, deployment: Deployment) {
    this.lab = lab;
    this.deployment = deployment;
  }

  /** Changes something on a domain controller, with its own tool. */
  async ldb(dc: DomainControllerName, input: string, options: readonly string[] = []): Promise<void> {
    const { exitCode, stderr } = await this.lab.exec(dc, ['ldbmodify', '-H', samDatabase, ...options], { input });
    assert.equal(exitCode, 0, stderr);
  }

  async modify(dc: DomainControllerName, dn: string, change: string): Promise<void> {
    await this.ldb(dc, `${line(dn)}changetype: modify\n${change}\n`);
  }

  async rename(dc: DomainControllerName, dn: string, to: { rdn: string; parent?: string }): Promise<void> {
    const parent = to.parent === undefined ? '' : `newsuperior:: ${Buffer.from(to.parent).toString('base64')}\n`;
    const rdn = `newrdn:: ${Buffer.from(to.rdn).toString('base64')}\n`;
    await this.ldb(dc, `${line(dn)}changetype: modrdn\n${rdn}deleteoldrdn: 1\n${parent}\n`);
  }

  /** Deletes objects in one transaction. */
  async delete(dc: DomainControllerName, ...dns: readonly string[]): Promise<void> {
    const records = dns.map((dn) => `${line(dn)}changetype: delete\n\n`);
    await this.ldb(dc, records.join(''), ['-o', 'batch_mode:1']);
  }

  /** The GUID of an object, by the domain controller's own database. */
  async guidOf(dc: DomainControllerName, dn: string): Promise<string> {
    const command = ['ldbsearch', '-H', samDatabase, '-b', dn, '-s', 'base', 'objectGUID'];
    const { stdout } = await this.lab.exec(dc, command);
    const guid = /^objectGUID: ([0-9a-f-]{36})$/m.exec(stdout)?.[1];
    assert.ok(guid, `${dn} has no GUID: ${stdout}`);
    return guid;
  }

  /** Users or groups of the tenant, deleted ones included. */
  tenant(type: 'user' | 'group'): TenantRow[] {
    return this.#query('SELECT anchor, object_id, source, deleted_at, object FROM objects WHERE type = ?', type).map(
      (row) => ({
        anchor: String(row['anchor']),
        objectId: String(row['object_id']),
        source: textOrNull(row['source']),
        deleted: row['deleted_at'] !== null,
        attributes: JSON.parse(String(row['object'])) as Record<string, unknown>,
      }),
    );
  }

  /** The one live object of the tenant with an attribute's value; undefined when there is none. */
  find(type: 'user' | 'group', attribute: string, value: string): TenantRow | undefined {
    const found = this.tenant(type).filter((row) => !row.deleted && row.attributes[attribute] === value);
    assert.ok(found.length <= 1, `${found.length} ${type}s have ${attribute} ${value}`);
    return found[0];
  }

  /** Account names of the direct members of a group that the tenant has. */
  members(group: string): string[] {
    const anchor = this.find('group', 'accountName', group)?.anchor ?? '';
    const names = new Map(
      [...this.tenant('user'), ...this.tenant('group')].map((row) => [
        row.anchor,
        String(row.attributes['accountName']),
      ]),
    );
    const rows = this.#query('SELECT anchor FROM members WHERE group_anchor = ?', anchor);
    return rows.map((row) => names.get(String(row['anchor'])) ?? `unknown ${String(row['anchor'])}`).sort();
  }

  /** Runs `causeway …` on connect's host and gives what it prints as JSON. */
  async causeway<T>(args: readonly string[], expected = 0): Promise<T> {
    const { exitCode, stdout, stderr } = await this.deployment.causeway('connect', [...args, '--json']);
    assert.equal(exitCode, expected, `${args.join(' ')}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** Runs one cycle and waits for its end. */
  async cycle(...options: string[]): Promise<Run[]> {
    return (await this.causeway<{ runs: Run[] }>(['sync', 'run', ...options])).runs;
  }

  async preview(...options: string[]): Promise<Preview> {
    return this.causeway<Preview>(['sync', 'preview', ...options]);
  }

  /** Waits until something is so at the directory. */
  async until(what: string, is: () => boolean): Promise<void> {
    await this.deployment.until(what, async () => (is() ? true : undefined));
  }

  /** Writes connect's configuration anew and lets the running agent read it again. */
  async reload(changes: Record<string, unknown>): Promise<void> {
    const position = this.deployment.logPosition('connect');
    this.deployment.configure('connect', changes);
    process.kill(this.deployment.pidOf('connect'), 'SIGHUP');
    await this.deployment.until('the configuration was read again', async () =>
      this.deployment.log('connect', position).some(({ msg }) => /read again/.test(String(msg))) ? true : undefined,
    );
  }

  /** The connectors of the configuration, one of them with a filter. */
  connectorsWith(forest: string, filter: Record<string, unknown>): { connectors: Record<string, unknown>[] } {
    const connectors = this.deployment.configs.connect['connectors'] as Record<string, unknown>[];
    return { connectors: connectors.map((one) => (one['name'] === forest ? { ...one, filter } : one)) };
  }

  /** Rows of the directory's database, read from a copy: the file itself is the directory's. */
  #query(sql: string, ...parameters: string[]): Record<string, unknown>[] {
    const folder = this.lab.folder('cloud', '/tmp/directory-copy');
    mkdirSync(folder, { recursive: true });
    for (const ending of ['', '-wal', '-shm']) {
      cpSync(this.lab.folder('cloud', `/var/lib/causeway/directory.sqlite${ending}`), `${folder}/copy${ending}`, {
        force: true,
      });
    }
    const database = new BetterSqlite3(`${folder}/copy`);
    try {
      return database.prepare(sql).all(...parameters) as Record<string, unknown>[];
    } finally {
      database.close();
    }
  }
}

/** Distinguished name of the domain of a domain controller. */
export function baseOf(dc: DomainControllerName): string {
  return DOMAINS[dc].baseDn;
}

function line(dn: string): string {
  return `dn:: ${Buffer.from(dn).toString('base64')}\n`;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
