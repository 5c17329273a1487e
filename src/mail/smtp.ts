import { createTransport } from 'nodemailer';
import { failed, ok } from '../base/result.ts';
import { isMailAddress, type Mailer, type Unsent } from '../facts/mail.ts';

/** A server for mail, and in whose name it sends. */
export type SmtpServer = {
  readonly host: string;
  readonly port: number;
  /** `start`: TLS before the first word; `upgrade`: by STARTTLS, or nothing is sent; `none`: as on this machine. */
  readonly tls: 'start' | 'upgrade' | 'none';
  readonly user: string | null;
  readonly password: string | null;
  readonly from: { readonly name: string; readonly address: string };
};

/** Mails that wait for the server or are being sent. */
const MAILS_MAX = 100;
const CONNECTIONS_MAX = 2;
/** Of a subject: the longest line of a mail (RFC 5322, 2.1.1, read 2026-11-29) leaves no more. */
const SUBJECT_LENGTH_MAX = 300;
const TEXT_LENGTH_MAX = 100_000;
/** `wholeMs`: from being handed over, waiting for others included. */
type Deadlines = { readonly connectMs: number; readonly silenceMs: number; readonly wholeMs: number };
const DEADLINES: Deadlines = { connectMs: 10_000, silenceMs: 30_000, wholeMs: 30_000 };

/** By SMTP, over connections that are kept for a while; each process has its own. */
export function openSmtp(
  { host, port, tls, user, password, from }: SmtpServer,
  { connectMs, silenceMs, wholeMs }: Deadlines = DEADLINES,
): Mailer & { readonly close: () => void } {
  const transport = createTransport({
    pool: true,
    host,
    port,
    secure: tls === 'start',
    requireTLS: tls === 'upgrade',
    ignoreTLS: tls === 'none',
    ...(user !== null && { auth: { user, pass: password ?? '' } }),
    maxConnections: CONNECTIONS_MAX,
    // One that broke is told to whoever sends: a mail is not sent twice because nobody knows whether it went.
    maxRequeues: 0,
    connectionTimeout: connectMs,
    dnsTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    idleTimeout: silenceMs,
    // Of a mail only what we hand over is read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // Of connections that break while nothing is sent over them.
  transport.on('error', () => {});
  let waiting = 0;
  return {
    send: async ({ to, subject, text }) => {
      if (!isMailAddress(to)) return failed<Unsent>({ kind: 'refused', words: 'this is no e-mail address' });
      if (waiting >= MAILS_MAX) return failed<Unsent>({ kind: 'unsent', words: 'too many mails wait to be sent' });
      waiting++;
      try {
        await transport.sendMail({
          from,
          // As an object it is one address, whatever it contains.
          to: { name: '', address: to },
          subject: oneLine(subject).slice(0, SUBJECT_LENGTH_MAX),
          text: text.slice(0, TEXT_LENGTH_MAX),
          signal: AbortSignal.timeout(wholeMs),
          // Nobody's absence is told to us (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return ok(null);
      } catch (cause) {
        return failed(unsentBy(cause));
      } finally {
        waiting--;
      }
    },
    close: () => transport.close(),
  };
}

const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();

/** What the server said with 5xx to the mail itself is its last word; a wrong password may be mended. */
function unsentBy(cause: unknown): Unsent {
  const { message = 'unknown', code, responseCode } = cause as Error & { code?: string; responseCode?: number };
  const isRefused = code === 'EENVELOPE' || code === 'EMESSAGE' ? (responseCode ?? 500) >= 500 : false;
  const words = code === 'EABORT' ? 'the server for mail took too long' : oneLine(message).slice(0, 300);
  return { kind: isRefused ? 'refused' : 'unsent', words };
}
