import {
  defaultTenantSettings,
  DirectoryError,
  type CredentialBatch,
  type MissingCredentialsRequest,
  type TenantSettings,
} from '@causeway/contract';
import { compareCredentialVersions } from '@causeway/model';
import type { PasswordDirectory } from '../../../src/passwords/ports.ts';

type Entry = CredentialBatch['credentials'][number];

/** A directory in memory that decides about cursors and versions as the real one does. */
export class FakeDirectory implements PasswordDirectory {
  readonly url = 'https://directory.contoso.test:8443';
  readonly keyId: string;
  settings: TenantSettings = structuredClone(defaultTenantSettings);
  readonly credentials = new Map<string, Entry & { keyId: string }>();
  readonly spans = new Map<string, { from: string | null; to: string }>();
  readonly batches: { source: string; from: string | null; to: string; anchors: string[] }[] = [];
  pings = 0;
  /** What the next call fails with, once; `after` when it fails once everything has been done. */
  failure: { error: Error; call: keyof PasswordDirectory; after?: boolean } | undefined;

  /** Called before anything is done for a call, and after, before it is answered; may throw. */
  onCall: ((call: keyof PasswordDirectory) => void) | undefined;

  constructor(keyId: string) {
    this.keyId = keyId;
  }

  async readTenant() {
    this.pings += 1;
    this.#fail('readTenant');
    return { tenant: 'contoso', keyId: this.keyId, publicKey: null };
  }

  async readSource(source: string) {
    this.#fail('readSource');
    return { credentialCursor: this.spans.get(source)?.to ?? null };
  }

  async readSettings() {
    this.#fail('readSettings');
    return this.settings;
  }

  async findMissingCredentials(_source: string, { keyId, credentials }: MissingCredentialsRequest) {
    this.#fail('findMissingCredentials');
    const missing = credentials.filter((offered) => {
      const stored = this.credentials.get(offered.anchor);
      return stored === undefined || isNewer({ ...offered, keyId }, stored);
    });
    return { missing: missing.map(({ anchor }) => anchor) };
  }

  async sendCredentials(source: string, batch: CredentialBatch) {
    this.#fail('sendCredentials');
    const { from, to, keyId, credentials } = batch;
    const { PasswordHashSync, ForcePasswordChangeOnLogOn } = this.settings.features;
    if (!PasswordHashSync) throw new DirectoryError('password_sync_disabled');
    if (!ForcePasswordChangeOnLogOn && credentials.some(({ mustChangePassword }) => mustChangePassword))
      throw new DirectoryError('temporary_password_refused');
    const stored = this.spans.get(source) ?? { from: null, to: null };
    const isRepeat = from === stored.from && to === stored.to;
    if (from !== null && from !== stored.to && !isRepeat)
      throw new DirectoryError('cursor_conflict', { details: { storedCursor: stored.to } });
    this.spans.set(source, { from, to });
    this.batches.push({ source, from, to, anchors: credentials.map(({ anchor }) => anchor) });
    const receipt = { accepted: 0, unchanged: 0, superseded: 0 };
    for (const credential of credentials) {
      const present = this.credentials.get(credential.anchor);
      if (present !== undefined && !isNewer({ ...credential, keyId }, present)) receipt.unchanged += 1;
      else {
        receipt.accepted += 1;
        this.credentials.set(credential.anchor, { ...credential, keyId });
      }
    }
    this.#fail('sendCredentials', true);
    return receipt;
  }

  versionOf(anchor: string): number | undefined {
    return this.credentials.get(anchor)?.version.version;
  }

  #fail(call: keyof PasswordDirectory, after = false): void {
    this.onCall?.(call);
    const { failure } = this;
    if (failure?.call !== call || (failure.after ?? false) !== after) return;
    this.failure = undefined;
    throw failure.error;
  }
}

type Offered = Pick<Entry, 'version' | 'mustChangePassword'> & { keyId: string };

function isNewer(offered: Offered, stored: Offered): boolean {
  const order = compareCredentialVersions(offered.version, stored.version);
  if (order !== 0) return order > 0;
  return offered.keyId !== stored.keyId || offered.mustChangePassword !== stored.mustChangePassword;
}
