import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** More processes of one data folder than this have no slot, and are settled after half a minute of silence. */
const SLOTS_MAX = 64;

/**
 * How a process that shares a server's store with others is known to be dead without waiting for its silence: each
 * process of a data folder keeps a file of its own locked for as long as it lives, and the kernel lets go of it however
 * it dies. Whoever gets the lock may settle what the file's last owner left open.
 */
export type Slot = {
  /** Ours; null where the folder cannot be written to. */
  readonly name: string | null;
  /** Ours and all others that nobody lives in; kept locked until `settled`. */
  readonly free: readonly string[];
  readonly settled: () => void;
  readonly close: () => void;
};

export function takeSlot(folder: string): Slot {
  const locks: DatabaseSync[] = [];
  const free: string[] = [];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (let at = 0; at < SLOTS_MAX; at++) {
      const file = join(folder, `gateway-${at}.lock`);
      if (!existsSync(file) && free.length > 0) break;
      const lock = lockOf(file);
      if (!lock) continue;
      locks.push(lock);
      free.push(nameOf(file));
    }
  } catch {
    // A folder that cannot be written to: the dead are known by their silence.
  }
  const [own, ...others] = locks;
  return {
    name: free[0] ?? null,
    free,
    settled: () => {
      for (const lock of others.splice(0)) lock.close();
    },
    close: () => {
      for (const lock of others.splice(0)) lock.close();
      own?.close();
    },
  };
}

/** A lock that the kernel lets go of however we die; null = somebody else has it. */
export function lockOf(file: string): DatabaseSync | null {
  // Never opened by hand when it is there: closing it would let go of a lock of ours.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch {
    lock.close();
    return null;
  }
}

/**
 * The file itself, not its path: a copy of the folder, on this machine or another, or the same disk after a restart of
 * the machine, is another name, and nobody settles what runs elsewhere.
 */
function nameOf(file: string): string {
  const { dev, ino } = statSync(file, { bigint: true });
  return `${hostname()}/${bootOf()}/${dev}/${ino}`;
}

function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return ''; // a system without it
  }
}
