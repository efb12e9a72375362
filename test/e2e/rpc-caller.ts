/**
 * Runs on the lab's host `connect`: calls a domain controller with `@ad-protocols/rpc`, one JSON command a line in, one JSON
 * answer a line out.
 */
import { createInterface } from 'node:readline';
import { NegotiateMechanism, type Mechanism } from '@ad-protocols/gss';
import { configuredKdcs, KerberosClient, KerberosMechanism } from '@ad-protocols/kerberos';
import { NdrWriter } from '@ad-protocols/ndr';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import { RpcConnection, type ProtectionLevel, type SyntaxId, type TransferSyntax } from '@ad-protocols/rpc';
import { nilGuid, parseGuid } from '@ad-protocols/wire';

/** Interfaces that the tests call. */
export const interfaces = {
  drsuapi: { uuid: parseGuid('e3514235-4b06-11d1-ab04-00c04fc2dcd2'), version: [4, 0] },
  lsarpc: { uuid: parseGuid('12345778-1234-abcd-ef00-0123456789ab'), version: [0, 0] },
  samr: { uuid: parseGuid('12345778-1234-abcd-ef00-0123456789ac'), version: [1, 0] },
  unknown: { uuid: parseGuid('7d1f9c3e-5a40-4b92-8a57-0c2f3d4e5f60'), version: [1, 0] },
} as const satisfies Record<string, SyntaxId>;
export type InterfaceName = keyof typeof interfaces;

/** Who signs in, and how. */
export interface SignIn {
  readonly mechanism: 'NTLM' | 'Kerberos' | 'Negotiate with NTLM' | 'Negotiate with Kerberos';
  readonly domain: string;
  readonly realm: string;
  /** Address and port of a KDC. */
  readonly kdc: string;
  readonly user: string;
  readonly password: string;
}

/** What a test may ask of the caller. */
export type CallerCommand =
  | {
      do: 'open';
      host: string;
      interface: InterfaceName;
      moreInterfaces?: InterfaceName[];
      signIn: SignIn | 'anonymous';
      protectionLevel?: ProtectionLevel;
      transferSyntaxes?: TransferSyntax[];
      endpointMapper?: 'signed-in';
    }
  /** Opens something with the simplest call that an interface has, `times` times. */
  | { do: 'call'; interface: InterfaceName; times?: number }
  /** A call that no interface has. */
  | { do: 'call wrongly'; interface: InterfaceName }
  /** Gives a call up as soon as it is sent. */
  | { do: 'give up'; interface: InterfaceName }
  | { do: 'alterContext'; interface: InterfaceName }
  | { do: 'reauthenticate'; signIn?: SignIn }
  | { do: 'look' }
  | { do: 'close' };

/** What there is to see of a connection. */
export interface Look {
  readonly transferSyntax: TransferSyntax;
  readonly sessionKeyBytes: number[];
  readonly differentKeys: number;
  readonly features: RpcConnection['features'];
}

/** Statuses at the end of the replies. */
export interface CallResult {
  readonly statuses: number[];
}

const MAXIMUM_ALLOWED = 0x0200_0000;
/** Operation and stub of the simplest call. @see [MS-DRSR] IDL_DRSBind (4.1.3); [MS-SAMR] SamrConnect (3.1.5.1.4) */
const simplestCalls: Partial<Record<InterfaceName, { opnum: number; stub: Uint8Array }>> = {
  drsuapi: { opnum: 0, stub: new NdrWriter().pointer(true).guid(nilGuid).pointer(false).finish() },
  samr: { opnum: 0, stub: new NdrWriter().pointer(false).u32(MAXIMUM_ALLOWED).finish() },
};
const NO_SUCH_OPERATION = 4000;

let connection: RpcConnection | undefined;

function opened(): RpcConnection {
  if (connection === undefined) throw new TypeError('the first command has to be "open"');
  return connection;
}

function mechanismOf({ mechanism, domain, realm, kdc, user, password }: SignIn): Mechanism {
  const ntlm = (): Mechanism => new NtlmMechanism({ domain, user, password });
  const kerberos = (): Mechanism => {
    const locator = configuredKdcs({ [realm]: [kdc] });
    return new KerberosMechanism(new KerberosClient({ user, realm, credential: { password }, locator }));
  };
  switch (mechanism) {
    case 'NTLM':
      return ntlm();
    case 'Kerberos':
      return kerberos();
    case 'Negotiate with NTLM':
      return new NegotiateMechanism([ntlm()]);
    case 'Negotiate with Kerberos':
      return new NegotiateMechanism([kerberos()]);
  }
}

async function open(command: CallerCommand & { do: 'open' }): Promise<void> {
  const { host, protectionLevel, transferSyntaxes, endpointMapper } = command;
  connection = await RpcConnection.open({
    host,
    interface: interfaces[command.interface],
    moreInterfaces: (command.moreInterfaces ?? []).map((name) => interfaces[name]),
    security: command.signIn === 'anonymous' ? 'anonymous' : mechanismOf(command.signIn),
    ...(protectionLevel === undefined ? {} : { protectionLevel }),
    ...(transferSyntaxes === undefined ? {} : { transferSyntaxes }),
    ...(endpointMapper === undefined ? {} : { endpointMapper }),
  });
}

async function call({ interface: name, times = 1 }: CallerCommand & { do: 'call' }): Promise<CallResult> {
  const { opnum, stub } = simplestCalls[name] ?? { opnum: NO_SUCH_OPERATION, stub: new Uint8Array(4) };
  const statuses: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const reply = await opened().call(opnum, stub, { interface: interfaces[name] });
    statuses.push(new DataView(reply.buffer, reply.byteOffset).getUint32(reply.length - 4, true));
  }
  return { statuses };
}

async function giveUp({ interface: name }: CallerCommand & { do: 'give up' }): Promise<void> {
  const { opnum, stub } = simplestCalls[name] ?? { opnum: NO_SUCH_OPERATION, stub: new Uint8Array(4) };
  const controller = new AbortController();
  const given = opened().call(opnum, stub, { interface: interfaces[name], signal: controller.signal });
  controller.abort();
  await given;
}

function look(): Look {
  const { transferSyntax, sessionKeys, features } = opened();
  const differentKeys = new Set(sessionKeys.map((key) => Buffer.from(key).toString('base64'))).size;
  return { transferSyntax, features, differentKeys, sessionKeyBytes: sessionKeys.map((key) => key.length) };
}

async function answer(command: CallerCommand): Promise<unknown> {
  switch (command.do) {
    case 'open':
      return await open(command);
    case 'call':
      return await call(command);
    case 'call wrongly':
      return await opened().call(NO_SUCH_OPERATION, new Uint8Array(4), { interface: interfaces[command.interface] });
    case 'give up':
      return await giveUp(command);
    case 'alterContext':
      return await opened().alterContext(interfaces[command.interface]);
    case 'reauthenticate':
      return await opened().reauthenticate(command.signIn && mechanismOf(command.signIn));
    case 'look':
      return look();
    case 'close':
      return await connection?.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ result: await answer(JSON.parse(line) as CallerCommand) }));
  } catch (error) {
    const { code, message, statusName } = error as { code?: string; message: string; statusName?: string };
    console.log(JSON.stringify({ error: { code, message, statusName } }));
  }
}
await connection?.close();
