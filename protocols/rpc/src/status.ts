/**
 * Statuses that servers put into fault PDUs: those of DCE ([C706] Reject Status Codes (appendix E)), the Win32 codes that Windows and Samba send
 * in their place ([MS-RPCE] Returning Win32 Error Values (3.1.1.5.5)), and those of NTLM's provider.
 */
const names = new Map<number, string>([
  [0x00000005, 'ERROR_ACCESS_DENIED'],
  [0x00000006, 'ERROR_INVALID_HANDLE'],
  [0x00000008, 'ERROR_NOT_ENOUGH_MEMORY'],
  [0x0000000e, 'ERROR_OUTOFMEMORY'],
  [0x00000057, 'ERROR_INVALID_PARAMETER'],
  [0x0000051a, 'ERROR_REVISION_MISMATCH'],
  [0x000006ba, 'RPC_S_SERVER_UNAVAILABLE'],
  [0x000006bb, 'RPC_S_SERVER_TOO_BUSY'],
  [0x000006be, 'RPC_S_CALL_FAILED'],
  [0x000006bf, 'RPC_S_CALL_FAILED_DNE'],
  [0x000006c0, 'RPC_S_PROTOCOL_ERROR'],
  [0x000006d1, 'RPC_S_PROCNUM_OUT_OF_RANGE'],
  [0x000006d3, 'RPC_S_UNKNOWN_AUTHN_SERVICE'],
  [0x000006d8, 'EPT_S_CANT_PERFORM_OP'],
  [0x000006d9, 'EPT_S_NOT_REGISTERED'],
  [0x000006f7, 'RPC_X_BAD_STUB_DATA'],
  [0x00000721, 'RPC_S_SEC_PKG_ERROR'],
  [0x0000076c, 'RPC_S_INVALID_OBJECT'],
  [0x000020f8, 'ERROR_DS_DRA_BAD_NC'],
  [0x000020fa, 'ERROR_DS_DRA_INTERNAL_ERROR'],
  [0x00002105, 'ERROR_DS_DRA_ACCESS_DENIED'],
  [0x00002108, 'ERROR_DS_DRA_SOURCE_DISABLED'],
  [0x00002191, 'ERROR_DS_DIFFERENT_REPL_EPOCHS'],
  [0x00002192, 'ERROR_DS_DRS_EXTENSIONS_CHANGED'],
  [0x16c9a0d6, 'EPT_S_NOT_REGISTERED'],
  [0x1c000001, 'nca_s_fault_int_div_by_zero'],
  [0x1c000002, 'nca_s_fault_addr_error'],
  [0x1c000006, 'nca_s_fault_invalid_tag'],
  [0x1c000007, 'nca_s_fault_invalid_bound'],
  [0x1c000008, 'nca_s_rpc_version_mismatch'],
  [0x1c000009, 'nca_s_unspec_reject'],
  [0x1c00000c, 'nca_s_manager_not_entered'],
  [0x1c00000d, 'nca_s_fault_cancel'],
  [0x1c00000e, 'nca_s_fault_ill_inst'],
  [0x1c000012, 'nca_s_fault_unspec'],
  [0x1c00001a, 'nca_s_fault_context_mismatch'],
  [0x1c00001b, 'nca_s_fault_remote_no_memory'],
  [0x1c00001c, 'nca_s_invalid_pres_context_id'],
  [0x1c00001d, 'nca_s_unsupported_authn_level'],
  [0x1c00001f, 'nca_s_invalid_checksum'],
  [0x1c000020, 'nca_s_invalid_crc'],
  [0x1c010002, 'nca_s_op_rng_error'],
  [0x1c010003, 'nca_s_unk_if'],
  [0x1c01000b, 'nca_s_proto_error'],
  [0x1c010013, 'nca_s_out_args_too_big'],
  [0x1c010014, 'nca_s_server_too_busy'],
  [0x1c010015, 'nca_s_fault_string_too_long'],
  [0x1c010017, 'nca_s_unsupported_type'],
  [0x8009030c, 'SEC_E_LOGON_DENIED'],
  [0x80090302, 'SEC_E_UNSUPPORTED_FUNCTION'],
  [0x80090308, 'SEC_E_INVALID_TOKEN'],
  [0x8009030f, 'SEC_E_MESSAGE_ALTERED'],
  [0x80090311, 'SEC_E_NO_AUTHENTICATING_AUTHORITY'],
  [0xc0000022, 'STATUS_ACCESS_DENIED'],
  [0xc000006d, 'STATUS_LOGON_FAILURE'],
]);

function hexadecimal(status: number): string {
  return `0x${status.toString(16).padStart(8, '0')}`;
}

/** The name of a fault's status, or its eight hexadecimal digits when it has no known name. */
export function faultStatusName(status: number): string {
  return names.get(status) ?? hexadecimal(status);
}

/** Number and name for a message: `0x00000005 (ERROR_ACCESS_DENIED)`. */
export function formatStatus(status: number): string {
  const name = names.get(status);
  return name === undefined ? hexadecimal(status) : `${hexadecimal(status)} (${name})`;
}
