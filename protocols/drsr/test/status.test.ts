import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DrsStatusError } from '../src/errors.ts';
import { describeStatus, knownStatuses } from '../src/status.ts';

describe('the statuses of replication calls', () => {
  it('are each described once', () => {
    assert.equal(new Set(knownStatuses).size, knownStatuses.length);
    const names = knownStatuses.map((status) => describeStatus(status).name);
    assert.equal(new Set(names).size, names.length);
  });

  for (const status of knownStatuses) {
    const { name, code, cause, nextStep } = describeStatus(status);
    it(`${status} is ${name}, with a cause and a cure that read well`, () => {
      assert.match(name, /^(?:ERROR|RPC|EPT)_[A-Z0-9_]+$/);
      assert.match(code, /^ERR_DRSR_[A-Z_]+$/);
      assert.match(cause, /^[a-z][^.]*[A-Za-z)]$/, 'the second half of a sentence');
      assert.match(nextStep, /^[A-Z].*\.$/, 'a whole sentence');
    });
  }

  /** [MS-ERREF] 2.2 */
  const facts: [status: number, name: string, code: string][] = [
    [5, 'ERROR_ACCESS_DENIED', 'ERR_DRSR_ACCESS_DENIED'],
    [14, 'ERROR_OUTOFMEMORY', 'ERR_DRSR_BUSY'],
    [1722, 'RPC_S_SERVER_UNAVAILABLE', 'ERR_DRSR_UNREACHABLE'],
    [1727, 'RPC_S_CALL_FAILED_DNE', 'ERR_DRSR_UNREACHABLE'],
    [1753, 'EPT_S_NOT_REGISTERED', 'ERR_DRSR_UNREACHABLE'],
    [8439, 'ERROR_DS_DRA_BAD_DN', 'ERR_DRSR_NAMING_CONTEXT'],
    [8446, 'ERROR_DS_DRA_OUT_OF_MEM', 'ERR_DRSR_BUSY'],
    [8451, 'ERROR_DS_DRA_DB_ERROR', 'ERR_DRSR_SOURCE_FAILED'],
    [8453, 'ERROR_DS_DRA_ACCESS_DENIED', 'ERR_DRSR_ACCESS_DENIED'],
    [8456, 'ERROR_DS_DRA_SOURCE_DISABLED', 'ERR_DRSR_SOURCE_DISABLED'],
    [8593, 'ERROR_DS_DIFFERENT_REPL_EPOCHS', 'ERR_DRSR_EPOCH'],
    [8606, 'ERROR_DS_INSUFFICIENT_ATTR_TO_CREATE_OBJECT', 'ERR_DRSR_OUT_OF_DATE'],
    [8614, 'ERROR_DS_REPL_LIFETIME_EXCEEDED', 'ERR_DRSR_OUT_OF_DATE'],
    [8639, 'ERROR_DS_DRA_RECYCLED_TARGET', 'ERR_DRSR_REFERENCE'],
  ];
  for (const [status, name, code] of facts) {
    it(`${status} becomes the error ${code}`, () => {
      const error = new DrsStatusError('binding (IDL_DRSBind)', status);
      assert.deepEqual([error.status, error.statusName, error.code], [status, name, code]);
      assert.ok(
        error.message.startsWith(`binding (IDL_DRSBind) was answered with ${name} (${status}): `),
        error.message,
      );
    });
  }

  it('that are not known keep their number', () => {
    const error = new DrsStatusError('binding (IDL_DRSBind)', 0xdead);
    assert.equal(error.code, 'ERR_DRSR_SOURCE_FAILED');
    assert.equal(error.statusName, '0x0000dead');
  });
});
