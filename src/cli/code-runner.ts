import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { LIMITS } from '../base/limits.ts';
import type { CodeRun, CodeRunner, CodeRunners } from '../facts/code-runner.ts';
import type { CodeConfiguration } from './code-settings.ts';

/** What runs the code of models here, by the operator's commands. */
export function openCodeRunners({ shell, code, ...limits }: CodeConfiguration): CodeRunners {
  let underWay = 0;
  const runnerOf = (command: readonly string[] | null): CodeRunner | null =>
    command &&
    (async (text, running) => {
      if (underWay >= LIMITS.code_runs_at_once_max)
        return failed('Too much is being run here at once; try again later.');
      underWay++;
      const folder = await mkdtemp(join(tmpdir(), 'switchwright-run-')).catch(() => null);
      try {
        if (folder === null) return failed('There is no place to run it in.');
        return await runIn(folder, {
          command,
          text,
          ...limits,
          ...running,
          timeoutMs: Math.min(limits.timeoutMs, running.timeoutMs ?? limits.timeoutMs),
        });
      } finally {
        underWay--;
        if (folder !== null) await rm(folder, { recursive: true, force: true }).catch(() => {});
      }
    });
  return { shell: runnerOf(shell), code: runnerOf(code) };
}

const failed = (failure: string): CodeRun => ({ stdout: '', stderr: '', exitCode: null, stopped: null, failure });

type Job = Omit<CodeConfiguration, 'shell' | 'code'> & {
  readonly command: readonly string[];
  readonly text: string;
  readonly onCancel: (cancel: () => void) => unknown;
};

/** How long what has ended may keep its pipes open: what it left behind may hold them. */
const LEFTOVER_MS = 500;
/** Its words go through as they are: no shell reads them. Time of the processor ends even what outlives the gateway. */
const LIMITED = 'ulimit -v "$0" && ulimit -t "$1" && shift && exec "$@"';

function runIn(folder: string, { command, text, timeoutMs, memoryKb, onCancel }: Job): Promise<CodeRun> {
  return new Promise((resolve) => {
    const [program = '', ...words] =
      memoryKb === null
        ? command
        : ['/bin/sh', '-c', LIMITED, String(memoryKb), String(Math.ceil(timeoutMs / 1_000)), ...command];
    const child = spawn(program, words, {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true, // a group of its own, which is killed as a whole
    });
    let stopped: CodeRun['stopped'] = null;
    let leftover: NodeJS.Timeout | undefined;
    const stop = (why: CodeRun['stopped']): void => {
      stopped ??= why;
      killGroup(child);
    };
    const timer = setTimeout(() => stop('timeout'), timeoutMs);
    onCancel(() => stop('cancelled'));
    const stdout = reading(child.stdout, () => stop('output'));
    const stderr = reading(child.stderr, () => stop('output'));
    const over = (exitCode: number | null, failure?: string): void => {
      clearTimeout(timer);
      clearTimeout(leftover);
      killGroup(child);
      resolve({ stdout: stdout(), stderr: stderr(), exitCode, stopped, ...(failure !== undefined && { failure }) });
    };
    child.on('error', () => over(null, 'The command that runs it could not be started.'));
    child.on('exit', () => {
      leftover = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, LEFTOVER_MS);
      if (!stopped) killGroup(child);
    });
    child.on('close', (code) => over(code));
    child.stdin.on('error', () => {}); // it need not read to the end
    child.stdin.end(text);
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nothing of it is left
  }
}

/** What comes of a stream, as far as it is kept; `tooMuch` is called once there is more. */
function reading(stream: Readable, tooMuch: () => void): () => string {
  const pieces: Buffer[] = [];
  let size = 0;
  stream.on('error', () => {});
  stream.on('data', (piece: Buffer) => {
    const room = LIMITS.code_output_bytes_max - size;
    if (room > 0) pieces.push(piece.subarray(0, room));
    size += piece.length;
    if (size > LIMITS.code_output_bytes_max) tooMuch();
  });
  return () => Buffer.concat(pieces).toString('utf8');
}
