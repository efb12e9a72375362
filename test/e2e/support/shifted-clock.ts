/**
 * Preloaded into a service (`node --import`): shifts the clock that this one process sees by as many milliseconds as the
 * file in CAUSEWAY_CLOCK_SHIFT says, and follows the file as a host's clock follows a time server. OpenSSL's own
 * clock, which the dates of certificates are compared with, stays.
 */
import { readFileSync } from 'node:fs';

const file = process.env['CAUSEWAY_CLOCK_SHIFT'] ?? '';
const SystemDate = Date;
let shiftMs = 0;

function readShift(): void {
  shiftMs = Number(readFileSync(file, 'utf8'));
}

class ShiftedDate extends SystemDate {
  constructor(time: string | number | Date = SystemDate.now() + shiftMs) {
    super(time);
  }

  static override now(): number {
    return SystemDate.now() + shiftMs;
  }
}

readShift();
setInterval(readShift, 50).unref();
globalThis.Date = ShiftedDate as DateConstructor;
