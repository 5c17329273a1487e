import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type NodeConnection = {
  /** Answers that it waits for. */
  open: number;
  /** Since when it waits for none, on the lane's clock. */
  since: number;
  /** What had been read of it then: more means that a request has begun to come. */
  bytesRead: number;
};

/** The connections that Node's own server reads. It tells nobody since when one of them is idle. */
export class NodeConnections {
  readonly #now: () => number;
  readonly #connections = new Map<Socket, NodeConnection>();
  readonly #answers = new Set<ServerResponse>();
  #isLeaving = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(socket: Socket): void {
    // What made it Node's is not answered yet.
    this.#connections.set(socket, { open: 0, since: this.#now(), bytesRead: -1 });
    socket.once('close', () => this.#connections.delete(socket));
  }

  /** Before anybody has answered it. */
  readonly begun = ({ socket }: IncomingMessage, answer: ServerResponse): void => {
    const connection = this.#connections.get(socket);
    if (connection === undefined || this.#answers.has(answer)) return;
    if (this.#isLeaving) answer.shouldKeepAlive = false;
    connection.open++;
    this.#answers.add(answer);
    answer.once('close', () => {
      this.#answers.delete(answer);
      connection.open--;
      connection.since = this.#now();
      connection.bytesRead = socket.bytesRead;
    });
  };

  /** From now on answers say that theirs is the connection's last. */
  leave(): void {
    this.#isLeaving = true;
    for (const answer of this.#answers) answer.shouldKeepAlive = false;
  }

  /** Those that lie idle, and have since a moment of the lane's clock. */
  idleSince(moment: number): Socket[] {
    return [...this.#connections].flatMap(([socket, { open, since, bytesRead }]) =>
      open === 0 && since <= moment && socket.bytesRead === bytesRead ? [socket] : [],
    );
  }
}
