import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultStatusName, formatStatus } from '../src/status.ts';

describe('the status of a fault', () => {
  // [MS-ERREF] Win32 Error Codes (2.2): the ones that replication faults with, and their neighbours.
  const win32: [status: number, name: string][] = [
    [6, 'ERROR_INVALID_HANDLE'],
    [1306, 'ERROR_REVISION_MISMATCH'],
    [1722, 'RPC_S_SERVER_UNAVAILABLE'],
    [1900, 'RPC_S_INVALID_OBJECT'],
    [8440, 'ERROR_DS_DRA_BAD_NC'],
    [8442, 'ERROR_DS_DRA_INTERNAL_ERROR'],
    [8453, 'ERROR_DS_DRA_ACCESS_DENIED'],
    [8456, 'ERROR_DS_DRA_SOURCE_DISABLED'],
    [8593, 'ERROR_DS_DIFFERENT_REPL_EPOCHS'],
    [8594, 'ERROR_DS_DRS_EXTENSIONS_CHANGED'],
  ];
  for (const [status, name] of win32) it(`${status} is ${name}`, () => assert.equal(faultStatusName(status), name));

  // [MS-RPCE] Handling Protocol Errors (3.3.3.5.7) states the number, [C706] appendix E the name.
  it('of DCE has its name', () => assert.equal(faultStatusName(0x1c01_000b), 'nca_s_proto_error'));

  it('is its number where it has no name', () => assert.equal(faultStatusName(0x0000_abcd), '0x0000abcd'));

  it('is told with number and name', () => {
    assert.equal(formatStatus(5), '0x00000005 (ERROR_ACCESS_DENIED)');
    assert.equal(formatStatus(0xabcd), '0x0000abcd');
  });
});
