import type { KeyObject } from 'node:crypto';
import { DirectoryError, parseAgentPublicKey, tokenLifetimeSeconds, type Role } from '@causeway/contract';
import type { Clock } from '@causeway/model';
import { compactVerify, decodeJwt } from 'jose';
import type { TenantConfig } from '../config.ts';

/** An agent whose signature was verified. */
export interface Agent {
  readonly tenant: string;
  readonly id: string;
  readonly role: Role;
}

interface KnownAgent extends Agent {
  readonly publicKey: KeyObject;
}

interface Claims {
  readonly issuer: string;
  readonly audience: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** How far the clocks of an agent's host and of this one may be apart. */
const clockToleranceSeconds = 120;

/**
 * Tells who sent a request, from its `Authorization` header.
 *
 * Agent unknown, key unknown and signature wrong get one and the same answer: it would help to guess. What is wrong with
 * a token is said only to the holder of a key that is in the configuration.
 */
export class Authenticator {
  readonly #agents: readonly KnownAgent[];
  readonly #clock: Clock;

  constructor(tenants: readonly TenantConfig[], clock: Clock) {
    this.#agents = tenants.flatMap((tenant) => tenant.agents.map((agent) => toKnownAgent(tenant.id, agent)));
    this.#clock = clock;
  }

  /**
   * The agent of the tenant that signed the request.
   *
   * @throws {DirectoryError} `unauthenticated`, `clock_skew`, `tenant_unknown`.
   */
  async authenticate(authorization: string | undefined, tenant: string): Promise<Agent> {
    const token = /^Bearer ([\w.-]+)$/.exec(authorization ?? '')?.[1];
    const claims = token === undefined ? undefined : readClaims(token);
    if (token === undefined || claims === undefined) throw new DirectoryError('unauthenticated');
    const signers = await this.#findSigners(token, claims.issuer);
    if (signers.length === 0) throw new DirectoryError('unauthenticated');
    const agent = signers.find((signer) => signer.tenant === tenant);
    if (agent === undefined) {
      throw new DirectoryError('tenant_unknown', {
        message: `The directory has no tenant ${JSON.stringify(tenant.slice(0, 253))} with the agent ${claims.issuer}.`,
      });
    }
    if (claims.audience !== tenant) {
      throw new DirectoryError('unauthenticated', {
        message: `The request is signed for another tenant than ${tenant}.`,
      });
    }
    this.#checkTime(claims);
    return { tenant: agent.tenant, id: agent.id, role: agent.role };
  }

  async #findSigners(token: string, issuer: string): Promise<KnownAgent[]> {
    const signers: KnownAgent[] = [];
    for (const agent of this.#agents) {
      if (agent.id === issuer && (await isSignedBy(token, agent.publicKey))) signers.push(agent);
    }
    return signers;
  }

  #checkTime({ issuedAt, expiresAt }: Claims): void {
    const nowMs = this.#clock.now();
    const nowSeconds = nowMs / 1_000;
    if (expiresAt - issuedAt > tokenLifetimeSeconds || expiresAt < issuedAt) {
      throw new DirectoryError('unauthenticated', {
        message: `The request is signed for longer than the ${tokenLifetimeSeconds} seconds that are permitted.`,
      });
    }
    if (issuedAt <= nowSeconds + clockToleranceSeconds && expiresAt >= nowSeconds - clockToleranceSeconds) return;
    const apart = Math.round(Math.abs(issuedAt - nowSeconds));
    throw new DirectoryError('clock_skew', {
      message: `The request was signed ${apart} s ${issuedAt > nowSeconds ? 'after' : 'before'} the directory's time, which is ${new Date(nowMs).toISOString()}.`,
    });
  }
}

function toKnownAgent(tenant: string, agent: TenantConfig['agents'][number]): KnownAgent {
  const publicKey = parseAgentPublicKey(agent.publicKey);
  if (publicKey === undefined) throw new TypeError(`agent ${agent.id} of tenant ${tenant} has no valid public key`);
  return { tenant, id: agent.id, role: agent.role, publicKey };
}

/** What the token claims, not verified yet; undefined when a claim is missing or odd. */
function readClaims(token: string): Claims | undefined {
  try {
    const { iss: issuer, aud: audience, iat: issuedAt, exp: expiresAt } = decodeJwt(token);
    if (issuer === undefined || typeof audience !== 'string') return undefined;
    if (issuedAt === undefined || expiresAt === undefined) return undefined;
    return { issuer, audience, issuedAt, expiresAt };
  } catch {
    return undefined;
  }
}

async function isSignedBy(token: string, publicKey: KeyObject): Promise<boolean> {
  try {
    await compactVerify(token, publicKey, { algorithms: ['EdDSA'] });
    return true;
  } catch {
    return false;
  }
}
