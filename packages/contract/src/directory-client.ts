import { Agent, type Dispatcher } from 'undici';
import { z } from 'zod';
import type { AgentSigner } from './agent-signer.ts';
import type { ChangesQuery, ChangesResponse, Outcome, OutcomesResponse } from './changes.ts';
import type { CloudUserRequest, CloudUserResponse } from './cloud-users.ts';
import type {
  CredentialBatch,
  CredentialReceipt,
  MissingCredentialsRequest,
  MissingCredentialsResponse,
} from './credentials.ts';
import { parseErrorBody } from './directory-error.ts';
import type {
  MembersQuery,
  MembersResponse,
  ObjectBatch,
  ObjectReceipt,
  ObjectsQuery,
  ObjectsResponse,
} from './objects.ts';
import { routes, type ResponseOf, type Route } from './routes.ts';
import type { TenantSettings } from './settings.ts';
import type { StatusResponse, UserExplanation } from './status.ts';
import type { HealthResponse, KeyRequest, KeyResponse, SourceResponse, TenantResponse } from './tenant.ts';
import { describeInvalidAnswer, describeTransportError } from './transport-error.ts';

export interface DirectoryClientOptions {
  /** `https://directory.example.net:8443`. */
  readonly url: string;
  readonly signer: AgentSigner;
  /** Certificates of the authorities to trust, in PEM; without it those of the runtime. */
  readonly certificateAuthority?: string | undefined;
  readonly connectTimeoutMs?: number | undefined;
  /** How long an answer may take, beyond what a request for changes waits. */
  readonly answerTimeoutMs?: number | undefined;
}

export interface CallOptions {
  /** Ends the call early; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

interface Call {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, number | string | undefined>>;
  readonly body?: unknown;
  readonly waitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of an answer, at most: a full page of the longest users and sealed credentials. */
const answerBytesMax = 64 * 1_024 * 1_024;

/**
 * The directory, as an agent of one tenant calls it. Keeps its connections open; call {@link close} at the end.
 *
 * Every method rejects with {@link DirectoryError} when the directory refuses and with
 * {@link DirectoryTransportError} when it cannot be reached or is not one. Nothing is sent twice by itself.
 */
export class DirectoryClient {
  readonly url: string;
  readonly #signer: AgentSigner;
  readonly #agent: Agent;
  readonly #answerTimeoutMs: number;

  constructor(options: DirectoryClientOptions) {
    this.url = new URL(options.url).origin;
    this.#signer = options.signer;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? 30_000;
    this.#agent = new Agent({
      connections: 4,
      connectTimeout: options.connectTimeoutMs ?? 10_000,
      bodyTimeout: this.#answerTimeoutMs,
      keepAliveTimeout: 30_000,
      maxResponseSize: answerBytesMax,
      connect: options.certificateAuthority === undefined ? {} : { ca: options.certificateAuthority },
    });
  }

  /** Whether the directory answers at all; needs no rights. */
  async readHealth(options: CallOptions = {}): Promise<HealthResponse> {
    return this.#call(routes.readHealth, options);
  }

  /** The tenant's public key, to seal to. */
  async readTenant(options: CallOptions = {}): Promise<TenantResponse> {
    return this.#call(routes.readTenant, options);
  }

  /** Registers the managed domain's public key. @throws {DirectoryError} `key_conflict`: there is another. */
  async registerKey(key: KeyRequest, options: CallOptions = {}): Promise<KeyResponse> {
    return this.#call(routes.registerKey, { ...options, body: key });
  }

  /** How far the credentials of a source have been accepted. */
  async readSource(source: string, options: CallOptions = {}): Promise<SourceResponse> {
    return this.#call(routes.readSource, { ...options, params: { source } });
  }

  /**
   * Sends users, groups, members and deletions; all but those that the receipt names as refused are stored durably once
   * this resolves.
   *
   * @throws {DirectoryError} `cursor_conflict`.
   */
  async sendObjects(batch: ObjectBatch, options: CallOptions = {}): Promise<ObjectReceipt> {
    return this.#call(routes.sendObjects, { ...options, body: batch });
  }

  /**
   * A page of the tenant's objects by their last change, deleted ones included.
   *
   * @throws {DirectoryError} `feed_position_unknown`: read from 0 again; what is not there then, the tenant does not have.
   */
  async readObjects(query: ObjectsQuery, options: CallOptions = {}): Promise<ObjectsResponse> {
    return this.#call(routes.readObjects, { ...options, query });
  }

  /** A page of a group's direct members. @throws {DirectoryError} `group_unknown`. */
  async readMembers(group: string, query: MembersQuery, options: CallOptions = {}): Promise<MembersResponse> {
    return this.#call(routes.readMembers, { ...options, params: { anchor: group }, query });
  }

  /**
   * Sends sealed credentials; they are stored durably once this resolves.
   *
   * @throws {DirectoryError} `cursor_conflict`, `key_mismatch`, `key_not_registered`, `password_sync_disabled`,
   * `temporary_password_refused`.
   */
  async sendCredentials(source: string, batch: CredentialBatch, options: CallOptions = {}): Promise<CredentialReceipt> {
    return this.#call(routes.sendCredentials, { ...options, params: { source }, body: batch });
  }

  /** Which of these credentials the directory does not have in that version or a newer one, sealed to that key. */
  async findMissingCredentials(
    source: string,
    request: MissingCredentialsRequest,
    options: CallOptions = {},
  ): Promise<MissingCredentialsResponse> {
    return this.#call(routes.findMissingCredentials, { ...options, params: { source }, body: request });
  }

  /** The tenant's features, deletion threshold and cycle. */
  async readSettings(options: CallOptions = {}): Promise<TenantSettings> {
    return this.#call(routes.readSettings, options);
  }

  /** Replaces the tenant's settings, all of them. @throws {DirectoryError} `feature_irreversible`. */
  async writeSettings(settings: TenantSettings, options: CallOptions = {}): Promise<TenantSettings> {
    return this.#call(routes.writeSettings, { ...options, body: settings });
  }

  /** Makes or changes a cloud-only user, or restores a deleted one. @throws {DirectoryError} `not_cloud_only`, `name_taken`. */
  async writeCloudUser(
    objectId: string,
    user: CloudUserRequest,
    options: CallOptions = {},
  ): Promise<CloudUserResponse> {
    return this.#call(routes.writeCloudUser, { ...options, params: { objectId }, body: user });
  }

  /** Deletes a cloud-only user. @throws {DirectoryError} `user_unknown`, `not_cloud_only`. */
  async deleteCloudUser(objectId: string, options: CallOptions = {}): Promise<CloudUserResponse> {
    return this.#call(routes.deleteCloudUser, { ...options, params: { objectId } });
  }

  /**
   * A page of the change feed; waits up to `waitMs` for a change when there is none.
   *
   * @throws {DirectoryError} `feed_position_unknown`: read from 0 again.
   */
  async readChanges(query: ChangesQuery, options: CallOptions = {}): Promise<ChangesResponse> {
    return this.#call(routes.readChanges, { ...options, query, waitMs: query.waitMs });
  }

  /** Reports what became of changes. */
  async sendOutcomes(outcomes: readonly Outcome[], options: CallOptions = {}): Promise<OutcomesResponse> {
    return this.#call(routes.sendOutcomes, { ...options, body: { outcomes: [...outcomes] } });
  }

  /** Counts, cursors' times and agents of the tenant. */
  async readStatus(options: CallOptions = {}): Promise<StatusResponse> {
    return this.#call(routes.readStatus, options);
  }

  /** One user's stages and the one reason, by source anchor, account name or user principal name. */
  async explainUser(anchorOrName: string, options: CallOptions = {}): Promise<UserExplanation> {
    return this.#call(routes.explainUser, { ...options, params: { anchorOrName } });
  }

  /** Ends all calls and connections. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #call<R extends Route>(route: R, call: Call): Promise<ResponseOf<R>> {
    const request = await this.#prepare(route, call);
    call.signal?.throwIfAborted();
    let status: number;
    let text: string;
    try {
      const answer = await this.#agent.request(request);
      status = answer.statusCode;
      text = await answer.body.text();
    } catch (cause) {
      call.signal?.throwIfAborted();
      throw describeTransportError(this.url, cause);
    }
    return this.#read(route, status, text);
  }

  async #prepare(route: Route, call: Call): Promise<Dispatcher.RequestOptions> {
    const params: Record<string, string> = { tenant: this.#signer.tenant, ...call.params };
    const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) query.set(name, String(value));
    }
    const body =
      route.body === undefined ? null : JSON.stringify(z.encode(route.body, call.body as z.output<z.ZodObject>));
    return {
      origin: this.url,
      method: route.method,
      path: query.size === 0 ? path : `${path}?${query.toString()}`,
      headers: {
        accept: 'application/json',
        ...(body !== null && { 'content-type': 'application/json' }),
        ...(route.roles !== undefined && { authorization: await this.#signer.authorization() }),
      },
      body,
      headersTimeout: this.#answerTimeoutMs + (call.waitMs ?? 0),
      ...(call.signal !== undefined && { signal: call.signal }),
    };
  }

  #read<R extends Route>(route: R, status: number, text: string): ResponseOf<R> {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch (cause) {
      throw describeInvalidAnswer(this.url, `status ${status} and no JSON`, cause);
    }
    if (status !== 200) {
      const where = `The directory at ${this.url} refused ${route.method} ${route.path}`;
      throw parseErrorBody(body, where) ?? describeInvalidAnswer(this.url, `status ${status}`);
    }
    const parsed = route.response.safeParse(body);
    if (!parsed.success) {
      const field = parsed.error.issues[0]?.path.join('.') ?? '';
      throw describeInvalidAnswer(this.url, `the field ${field} breaks the schema of ${route.path}`);
    }
    return parsed.data as ResponseOf<R>;
  }
}
