import type { Mechanism } from '@ad-protocols/gss';
import type { ProtectionLevel } from './binding.ts';
import type { TransferSyntax } from '@ad-protocols/ndr';
import type { SyntaxId } from './pdu/presentation-context.ts';

/** Whom to talk to, about what, and as whom. */
export interface RpcConnectionOptions {
  /** Name or address; Kerberos needs the full name. */
  readonly host: string;
  /** Left out: asked of the endpoint mapper on port 135. */
  readonly port?: number;
  /** What {@link RpcConnection.call} calls unless told otherwise. */
  readonly interface: SyntaxId;
  /** Further interfaces of the same port, for the same connection. */
  readonly moreInterfaces?: readonly SyntaxId[];
  /** In order of preference, of which Windows takes NDR64 first whatever the order; NDR alone unless given. */
  readonly transferSyntaxes?: readonly TransferSyntax[];
  /** Who signs in, and how. `anonymous`: neither signed nor sealed, for what anybody may ask. */
  readonly security: Mechanism | 'anonymous';
  /** `privacy` unless given: calls are signed and sealed. `integrity`: signed and in clear. */
  readonly protectionLevel?: ProtectionLevel;
  /** Service class of the name that the server's ticket is asked for; `host` unless given. */
  readonly service?: string;
  /** Whether the endpoint mapper is asked anonymously, and again signed in only if it refuses that, or signed in at once. */
  readonly endpointMapper?: 'anonymous-first' | 'signed-in';
  /** For opening each TCP connection and for each answer until the connection is ready; 10 s unless given. */
  readonly connectTimeoutMs?: number;
  /** Silence that is put up with in a call, from the first byte sent; every byte received starts it anew. 120 s unless given. */
  readonly callTimeoutMs?: number;
  /** Idle time after which TCP probes whether the server is still there; 60 s unless given. */
  readonly keepAliveMs?: number;
  /** Largest response to one call, in bytes; 64 MiB unless given. */
  readonly responseBytesMax?: number;
  /** Closes the connection, and fails what is under way, when it aborts. */
  readonly signal?: AbortSignal;
}

/** How one call differs from the others of its connection. */
export interface CallOptions {
  /** One of the interfaces that the connection is bound to. */
  readonly interface?: SyntaxId;
  /** In place of {@link RpcConnectionOptions.callTimeoutMs}. */
  readonly timeoutMs?: number;
  /**
   * Gives this call up. The connection lives on where the server knows how to go on after an orphaned call; a call that still
   * waits for its turn is never sent.
   */
  readonly signal?: AbortSignal;
}
