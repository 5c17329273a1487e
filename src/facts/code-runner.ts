/** Runs what models write, in whatever the operator has set up for it: never by itself. */
export type CodeRunner = (text: string, running: CodeRunning) => Promise<CodeRun>;

export type CodeRunning = {
  /** At most; the operator's own limit holds where it is shorter. */
  readonly timeoutMs?: number;
  readonly onCancel: (cancel: () => void) => unknown;
};

export type CodeRun = {
  readonly stdout: string;
  readonly stderr: string;
  /** Null = it was ended, or could not begin. */
  readonly exitCode: number | null;
  /** Why it was ended before it had ended itself; null = it was not. */
  readonly stopped: 'timeout' | 'output' | 'cancelled' | null;
  /** In words, why it could not be run; absent = it was. */
  readonly failure?: string;
};

/** What runs shell scripts, and what runs Python; null = nothing here does. */
export type CodeRunners = { readonly shell: CodeRunner | null; readonly code: CodeRunner | null };
export const NO_RUNNERS: CodeRunners = { shell: null, code: null };
