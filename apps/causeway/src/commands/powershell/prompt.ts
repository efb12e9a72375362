import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { isComplete, type Session } from '@causeway/powershell';

/** A terminal, or what stands for one. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  /** Whether lines can be edited and called back. */
  readonly isTerminal: boolean;
}

export interface Prompt {
  /** Asks within a script, for `Read-Host`. */
  readonly readLine: (prompt: string) => Promise<string>;
  /** Reads and runs inputs until `exit` or the end of the input. */
  readonly run: (session: Session) => Promise<void>;
}

/**
 * An interactive prompt. An input goes on over as many lines as it needs; Ctrl-C drops what is typed, or interrupts what
 * runs; Ctrl-D and `exit` end it. The history lives as long as the prompt.
 */
export function createPrompt({ input, output, isTerminal }: Terminal): Prompt {
  const editor = createInterface({
    input,
    output,
    terminal: isTerminal,
    historySize: 1_000,
    removeHistoryDuplicates: true,
  });
  const lines = editor[Symbol.asyncIterator]();
  const state: State = { typed: '', running: undefined };
  editor.on('SIGINT', () => interrupt(editor, output, state));
  const ask = async (prompt: string): Promise<string | undefined> => {
    editor.setPrompt(prompt);
    editor.prompt();
    const line = await lines.next();
    return line.done === true ? undefined : line.value;
  };
  return {
    readLine: async (prompt) => (await ask(prompt)) ?? '',
    async run(session) {
      try {
        for (;;) {
          const line = await ask(state.typed === '' ? 'PS> ' : '>> ');
          if (line === undefined || (state.typed === '' && line.trim().toLowerCase() === 'exit')) return;
          state.typed += `${line}\n`;
          if (line.trim() !== '' && !isComplete(state.typed)) continue;
          await runTyped(session, state);
        }
      } finally {
        editor.close();
      }
    },
  };
}

interface State {
  /** Lines of an input that is not complete yet. */
  typed: string;
  /** Raised to interrupt what runs; undefined while nothing does. */
  running: AbortController | undefined;
}

async function runTyped(session: Session, state: State): Promise<void> {
  const text = state.typed;
  state.typed = '';
  if (text.trim() === '') return;
  state.running = new AbortController();
  try {
    await session.run(text, { signal: state.running.signal });
  } finally {
    state.running = undefined;
  }
}

function interrupt(editor: Interface, output: Writable, state: State): void {
  if (state.running !== undefined) {
    state.running.abort(new DOMException('interrupted', 'AbortError'));
    return;
  }
  state.typed = '';
  editor.write(null, { ctrl: true, name: 'e' });
  editor.write(null, { ctrl: true, name: 'u' });
  output.write('\n');
  editor.setPrompt('PS> ');
  editor.prompt();
}
