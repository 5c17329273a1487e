import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A real server for mail, on a free port of this machine. */
export type MailServer = {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** How many clients have shown a password. */
  readonly asked: () => number;
  readonly close: () => Promise<void>;
};
export type ReceivedMail = { readonly from: string; readonly to: readonly string[]; readonly source: string };

/** `refuses`: an address that it will have nothing for; `busy`: one for which it has no time now. */
export async function startMailServer(
  options: SMTPServerOptions & { readonly refuses?: string; readonly busy?: string } = {
    disabledCommands: ['STARTTLS'],
  },
): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  let asked = 0;
  const { refuses, busy, ...rest } = options;
  const server = new SMTPServer({
    authOptional: true,
    onAuth: ({ username, password }, _session, done) => {
      asked++;
      if (username === 'gateway' && password === 'p@ss:word') return done(null, { user: username });
      return done(new Error('wrong'));
    },
    onRcptTo: ({ address }, _session, done) => {
      const responseCode = address === refuses ? 550 : 451;
      if (address !== refuses && address !== busy) return done();
      return done(Object.assign(new Error('not here'), { responseCode }));
    },
    onData: (stream, { envelope }, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        mails.push({
          from,
          to: envelope.rcptTo.map(({ address }) => address),
          source: Buffer.concat(parts).toString(),
        });
        done();
      });
    },
    ...rest,
  });
  // Clients that go without a word.
  server.on('error', () => {});
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    mails,
    asked: () => asked,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
