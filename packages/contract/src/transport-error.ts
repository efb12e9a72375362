import { CausewayError, type Disposition } from '@causeway/model';

interface TransportProblem {
  readonly code: string;
  /** Completes "The directory at URL …". */
  readonly problem: string;
  readonly nextStep: string;
}

const issuerUnknown: TransportProblem = {
  code: 'ERR_DIRECTORY_CERTIFICATE_ISSUER',
  problem: 'presents a certificate of an issuer that is not trusted here',
  nextStep:
    "Name the certificate of the directory's certificate authority in this service's configuration; if it is named, see that nobody stands in between.",
};

const lost: TransportProblem = {
  code: 'ERR_DIRECTORY_CONNECTION_LOST',
  problem: 'closed the connection before it had answered',
  nextStep: 'The request is sent again. If this goes on, look at the log of the directory and of proxies on the way.',
};

const connectTimeout: TransportProblem = {
  code: 'ERR_DIRECTORY_CONNECT_TIMEOUT',
  problem: 'does not answer connection attempts',
  nextStep: 'Check the address, the network, and that firewalls on the way permit this port.',
};

const answerTimeout: TransportProblem = {
  code: 'ERR_DIRECTORY_TIMEOUT',
  problem: 'accepted the connection but did not answer in time',
  nextStep: "Look at the directory's log and at the load of its host.",
};

const unreachable: TransportProblem = {
  code: 'ERR_DIRECTORY_UNREACHABLE',
  problem: 'cannot be reached: there is no route to it',
  nextStep: 'Check the network and the routes of this host.',
};

const nameUnknown: TransportProblem = {
  code: 'ERR_DIRECTORY_NAME',
  problem: 'cannot be found: its name does not resolve',
  nextStep: 'Check the spelling of the URL and the DNS servers of this host.',
};

const tls: TransportProblem = {
  code: 'ERR_DIRECTORY_TLS',
  problem: 'does not complete a TLS handshake',
  nextStep:
    'Check that the URL names the HTTPS port of the directory, which speaks TLS 1.2 and 1.3; if it has worked before, look for a device that alters traffic on the way.',
};

const byCause: Readonly<Record<string, TransportProblem>> = {
  ECONNREFUSED: {
    code: 'ERR_DIRECTORY_REFUSED',
    problem: 'refuses connections: no program listens there',
    nextStep: 'Start the directory, and check the host and port of the URL.',
  },
  ENOTFOUND: nameUnknown,
  EAI_AGAIN: nameUnknown,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ENETDOWN: unreachable,
  ETIMEDOUT: connectTimeout,
  UND_ERR_CONNECT_TIMEOUT: connectTimeout,
  UND_ERR_HEADERS_TIMEOUT: answerTimeout,
  UND_ERR_BODY_TIMEOUT: answerTimeout,
  ECONNRESET: lost,
  EPIPE: lost,
  UND_ERR_SOCKET: lost,
  UND_ERR_CLOSED: lost,
  UND_ERR_DESTROYED: lost,
  CERT_HAS_EXPIRED: {
    code: 'ERR_DIRECTORY_CERTIFICATE_EXPIRED',
    problem: 'presents a certificate that has expired',
    nextStep: "Renew the directory's certificate; if it is valid, set the clock of this host.",
  },
  CERT_NOT_YET_VALID: {
    code: 'ERR_DIRECTORY_CERTIFICATE_NOT_YET_VALID',
    problem: 'presents a certificate that is not valid yet',
    nextStep: 'Set the clock of this host by NTP.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'ERR_DIRECTORY_CERTIFICATE_NAME',
    problem: 'presents a certificate for another name',
    nextStep: 'Use a URL with a name in the certificate, or issue a certificate that has the name of the URL.',
  },
  CERT_REVOKED: {
    code: 'ERR_DIRECTORY_CERTIFICATE_REVOKED',
    problem: 'presents a certificate that has been revoked',
    nextStep: "Renew the directory's certificate.",
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: issuerUnknown,
  SELF_SIGNED_CERT_IN_CHAIN: issuerUnknown,
  UNABLE_TO_GET_ISSUER_CERT: issuerUnknown,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: issuerUnknown,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: issuerUnknown,
  CERT_UNTRUSTED: issuerUnknown,
  CERT_SIGNATURE_FAILURE: issuerUnknown,
  EPROTO: tls,
};

/** The answer is not one that a directory gives: another program, or another release. */
const invalidAnswer: TransportProblem = {
  code: 'ERR_DIRECTORY_INVALID_RESPONSE',
  problem: 'gave an answer that this release does not understand',
  nextStep: 'Check that the URL names a Causeway directory of this release, and no proxy or other program.',
};

/** The directory could not be talked to: nothing is known about what became of the request, so it is sent again. */
export class DirectoryTransportError extends CausewayError {
  constructor(details: { code: string; message: string; nextStep: string; disposition: Disposition; cause?: unknown }) {
    super(details);
    this.name = 'DirectoryTransportError';
  }
}

/** What went wrong between here and the directory at `url`, in words for an administrator. */
export function describeTransportError(url: string, cause: unknown): DirectoryTransportError {
  const causeCode = codeOf(cause);
  const known = byCause[causeCode] ?? (causeCode.startsWith('ERR_SSL_') ? tls : undefined);
  return transportError(
    url,
    known ?? {
      code: 'ERR_DIRECTORY_TRANSPORT',
      problem: 'could not be talked to',
      nextStep: 'See the cause; check the network and the log of the directory.',
    },
    cause,
  );
}

/** The directory at `url` answered, but not as its contract says. `problem` never quotes the answer. */
export function describeInvalidAnswer(url: string, problem: string, cause?: unknown): DirectoryTransportError {
  return transportError(url, { ...invalidAnswer, problem: `${invalidAnswer.problem}: ${problem}` }, cause);
}

function transportError(url: string, known: TransportProblem, cause: unknown): DirectoryTransportError {
  const detail = detailOf(cause);
  return new DirectoryTransportError({
    code: known.code,
    message: `The directory at ${url} ${known.problem}${detail === '' ? '' : ` (${detail})`}.`,
    nextStep: known.nextStep,
    // An agent must go on by itself once the network or the certificate is right again.
    disposition: 'retry',
    cause,
  });
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

/** The cause in a few words: its code, and for a certificate of another name the names it is for. */
function detailOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const code = codeOf(cause);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' && 'reason' in cause && typeof cause.reason === 'string') {
    return cause.reason.replace(/\.$/, '');
  }
  return code === '' ? cause.message.slice(0, 200) : code;
}
