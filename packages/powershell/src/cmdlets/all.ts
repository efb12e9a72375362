import type { Cmdlet, StreamCmdlet } from '../host.ts';
import { convertFromJson, convertToCsv, convertToJson } from './data.ts';
import { getCommand, getHelp, getMember, getModule, importModule } from './discovery.ts';
import { forEachObject } from './for-each-object.ts';
import { formatList, formatTable, outNull, outString } from './formatting.ts';
import { getDate, newObject, newTimeSpan, startSleep } from './making.ts';
import { groupObject, measureObject, sortObject } from './ordering.ts';
import { selectObject } from './select-object.ts';
import { whereObject } from './where-object.ts';
import { readHost, writeError, writeHost, writeOutput, writeVerbose, writeWarning } from './writing.ts';

/** The cmdlets that belong to the language. None of them reaches a file, a process, the network or the environment. */
export const languageCmdlets: readonly (Cmdlet | StreamCmdlet)[] = [
  convertFromJson,
  convertToCsv,
  convertToJson,
  forEachObject,
  formatList,
  formatTable,
  getCommand,
  getDate,
  getHelp,
  getMember,
  getModule,
  groupObject,
  importModule,
  measureObject,
  newObject,
  newTimeSpan,
  outNull,
  outString,
  readHost,
  selectObject,
  sortObject,
  startSleep,
  whereObject,
  writeError,
  writeHost,
  writeOutput,
  writeVerbose,
  writeWarning,
];
