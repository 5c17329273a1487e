/**
 * Loaded by tests into every process of a gateway (`--import`): a process that has a parent to talk to dies, or stands
 * still, at a message that it sends. `DIES_AT` is how many it sends in its life; `each` gives worker 1 one message, worker 2
 * two and so on, up to `DIES_MAX`. `STANDS_AT` is the name of the cluster's message that worker 2 does not survive: it
 * says `standing PID` on stderr and does nothing any more.
 */
import cluster from 'node:cluster';

const { DIES_AT, DIES_MAX = '0', STANDS_AT } = process.env;
const worker = cluster.worker?.id ?? 0;
const lives = DIES_AT === 'each' ? (worker <= Number(DIES_MAX) ? worker : Infinity) : Number(DIES_AT ?? Infinity);
const { send } = process;
let sent = 0;

if (send && lives > 0)
  process.send = function (this: NodeJS.Process, message: { readonly act?: string }, ...rest: [never]) {
    const isSent = send.call(this, message, ...rest);
    if (++sent === lives) process.kill(process.pid, 'SIGKILL');
    if (worker === 2 && message.act !== undefined && message.act === STANDS_AT) {
      console.error(`standing ${process.pid}`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
    return isSent;
  } as typeof send;
