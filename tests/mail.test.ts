import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { readConfiguration } from '../src/cli/configuration.ts';
import { openSmtp, type SmtpServer } from '../src/mail/smtp.ts';
import { type GatewayProcess, MANAGEMENT_KEY, startGateway } from './gateway-process.ts';
import { type MailServer, startMailServer } from './mail-server.ts';

const HELLO = { to: 'somebody@example.com', subject: 'Hello', text: 'How are you?\n' };
const at = (port: number, more: Partial<SmtpServer> = {}): SmtpServer => ({
  host: '127.0.0.1',
  port,
  tls: 'none',
  user: null,
  password: null,
  from: { name: 'Our Gateway', address: 'gateway@example.com' },
  ...more,
});

describe('mails are sent', () => {
  let server: MailServer;
  before(async () => {
    server = await startMailServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      refuses: 'nobody@example.com',
      busy: 'later@example.com',
    });
  });
  after(() => server.close());

  test('to whom they are for, in plain text, in the name of the gateway; a heading is one line', async () => {
    const mailer = openSmtp(at(server.port, { user: 'gateway', password: 'p@ss:word' }));
    assert.deepEqual(await mailer.send(HELLO), { ok: true, value: null });
    const subject = 'Grüße\r\nBcc: thief@example.com\r\n\r\nand more';
    assert.deepEqual(await mailer.send({ ...HELLO, subject, text: '.\r\n.\r\nQUIT\r\n' }), { ok: true, value: null });
    mailer.close();
    const [first, second] = server.mails;
    assert.equal(server.asked(), 1, 'one connection serves both');
    assert.deepEqual([first?.from, first?.to], ['gateway@example.com', ['somebody@example.com']]);
    assert.match(first?.source ?? '', /^From: Our Gateway <gateway@example\.com>\r\nTo: somebody@example\.com\r\n/m);
    assert.match(first?.source ?? '', /^Auto-Submitted: auto-generated\r\n/m);
    assert.match(first?.source ?? '', /\r\n\r\nHow are you\?\r\n$/);
    assert.deepEqual(second?.to, ['somebody@example.com'], 'nobody was added by the heading');
    assert.doesNotMatch(second?.source ?? '', /^Bcc:/im);
    assert.match(second?.source ?? '', /\r\n\r\n\.\r\n\.\r\nQUIT\r\n$/);
  });

  test('what cannot be sent is told: for ever, or for now', async () => {
    const mailer = openSmtp(at(server.port));
    const kindOf = async (to: string) => {
      const sent = await mailer.send({ ...HELLO, to });
      return sent.ok ? 'sent' : sent.error.kind;
    };
    assert.equal(await kindOf('nobody@example.com'), 'refused');
    assert.equal(await kindOf('later@example.com'), 'unsent');
    const before = server.mails.length;
    for (const no of ['', 'nowhere', 'two@example.com, three@example.com', 'a@example.com\r\nRCPT TO:<b@example.com>'])
      assert.equal(await kindOf(no), 'refused', no);
    assert.equal(server.mails.length, before);
    mailer.close();
    const wrong = openSmtp(at(server.port, { user: 'gateway', password: 'another' }));
    const sent = await wrong.send(HELLO);
    assert.equal(!sent.ok && sent.error.kind, 'unsent');
    wrong.close();
  });

  test('no password and no mail goes out where STARTTLS is asked for and not offered, or nobody vouches for it', async () => {
    const asked = server.asked();
    const plain = openSmtp(at(server.port, { tls: 'upgrade', user: 'gateway', password: 'p@ss:word' }));
    const unoffered = await plain.send(HELLO);
    assert.equal(!unoffered.ok && unoffered.error.kind, 'unsent');
    assert.equal(server.asked(), asked);
    plain.close();
    // With the certificate that comes with the package, whose key everybody has.
    const selfSigned = await startMailServer({});
    const mailer = openSmtp(at(selfSigned.port, { tls: 'upgrade', user: 'gateway', password: 'p@ss:word' }));
    const unvouched = await mailer.send(HELLO);
    assert.equal(!unvouched.ok && unvouched.error.kind, 'unsent');
    assert.deepEqual([selfSigned.asked(), selfSigned.mails.length], [0, 0]);
    mailer.close();
    await selfSigned.close();
  });

  test('a server that says nothing is given up, and no more than a hundred mails wait for it', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready));
    const mailer = openSmtp(at((silent.address() as AddressInfo).port), {
      connectMs: 20_000,
      silenceMs: 20_000,
      wholeMs: 300,
    });
    const sent = await Promise.all(Array.from({ length: 130 }, () => mailer.send(HELLO)));
    const words = sent.map((one) => (one.ok ? 'sent' : one.error.words));
    assert.equal(words.filter((said) => said === 'too many mails wait to be sent').length, 30);
    assert.ok(sent.every((one) => !one.ok && one.error.kind === 'unsent'));
    mailer.close();
    silent.close();
  });
});

test('the server for mail is an address with what it needs, or a complaint that says what is wrong', () => {
  const PUBLIC = 'https://gateway.example.com';
  const mailOf = (SWITCHWRIGHT_SMTP_URL: string, more = {}) =>
    readConfiguration({
      SWITCHWRIGHT_SMTP_URL,
      SWITCHWRIGHT_PUBLIC_URL: PUBLIC,
      SWITCHWRIGHT_MAIL_FROM: 'Our Gateway <gateway@example.com>',
      ...more,
    }).mail;
  const from = { name: 'Our Gateway', address: 'gateway@example.com' };
  assert.equal(readConfiguration({}).mail, null);
  assert.deepEqual(mailOf('smtps://us%40er:p%3Aw@mail.example.com'), {
    host: 'mail.example.com',
    port: 465,
    tls: 'start',
    user: 'us@er',
    password: 'p:w',
    from,
  });
  const tls = (url: string) => `${mailOf(url)?.tls} ${mailOf(url)?.port}`;
  assert.equal(tls('smtp://mail.example.com'), 'upgrade 587');
  assert.equal(tls('smtp://mail.example.com:25?tls=off'), 'none 25');
  assert.equal(tls('smtp://127.0.0.1:1025'), 'none 1025');
  assert.equal(tls('smtp://127.0.0.1.example.com'), 'upgrade 587');
  assert.equal(tls('smtps://[::1]'), 'start 465');
  for (const wrong of ['mail.example.com', 'http://mail.example.com', 'smtp://mail.example.com/path', 'smtp://a?x=1'])
    assert.throws(() => mailOf(wrong), /SWITCHWRIGHT_SMTP_URL must be/, wrong);
  assert.throws(() => mailOf('smtp://a', { SWITCHWRIGHT_PUBLIC_URL: '' }), /SWITCHWRIGHT_PUBLIC_URL/);
  for (const wrong of [
    '',
    'nobody',
    'A <b>',
    'a@example.com, b@example.com',
    'A <a@example.com>\r\nBcc: b@example.com',
  ])
    assert.throws(() => mailOf('smtp://a', { SWITCHWRIGHT_MAIL_FROM: wrong }), /SWITCHWRIGHT_MAIL_FROM/, wrong);
});

describe('the gateway sends links', () => {
  let server: MailServer;
  let gateway: GatewayProcess;
  const PUBLIC = 'https://gateway.example.com';
  const PASSWORD = 'nine loud geese wake up';
  before(async () => {
    server = await startMailServer({ disabledCommands: ['STARTTLS'], busy: 'later@example.com' });
    gateway = await startGateway({
      environment: {
        SWITCHWRIGHT_PUBLIC_URL: PUBLIC,
        SWITCHWRIGHT_SMTP_URL: `smtp://127.0.0.1:${server.port}`,
        SWITCHWRIGHT_MAIL_FROM: 'gateway@example.com',
      },
    });
  });
  after(async () => {
    await gateway?.stop();
    await server?.close();
  });
  const invite = async (email: string) => {
    const answer = await fetch(`${gateway.base}/organization/invitations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email, role: 'viewer' }),
    });
    const { data } = (await answer.json()) as { data: { mailed: boolean; url: string | null } };
    return { status: answer.status, mailed: data.mailed, url: data.url };
  };
  const post = (path: string, fields: { readonly [name: string]: string }, headers = {}) =>
    fetch(gateway.origin + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin', ...headers },
      body: new URLSearchParams(fields),
    });
  /** The path of the link in the newest mail to somebody; waits until so many have come. */
  const linkTo = async (email: string, count: number): Promise<string> => {
    const own = () => server.mails.filter(({ to }) => to.includes(email));
    while (own().length < count) await wait(10);
    const source = own()[count - 1]?.source.replaceAll('=\r\n', '').replaceAll('=3D', '=') ?? '';
    const link = /https?:\/\/\S+token=[0-9a-f]{64}/.exec(source)?.[0] ?? '';
    assert.ok(link.startsWith(`${PUBLIC}/`), link);
    return link.slice(PUBLIC.length);
  };

  test('whoever is invited gets the link, and nobody else; where no mail went out, whoever invites has it', async () => {
    assert.deepEqual(await invite('vic@example.com'), { status: 201, mailed: true, url: null });
    const path = await linkTo('vic@example.com', 1);
    assert.match(path, /^\/invitation\?/);
    const joined = await post(path, { name: 'Vic', password: 'seven quiet herons sleep' });
    assert.equal(joined.status, 303);
    const late = await invite('later@example.com');
    assert.deepEqual([late.status, late.mailed], [201, false]);
    assert.match(late.url ?? '', /^https:\/\/gateway\.example\.com\/invitation\?token=[0-9a-f]{64}$/);
  });

  test('whoever has forgotten the password sets a new one by a mail; nobody learns who is here', async () => {
    const page = await fetch(`${gateway.origin}/sign-in`);
    assert.match(await page.text(), /href="\/forgotten-password"/);
    const asked = await post('/forgotten-password', { email: ' Vic@Example.com ' });
    const stranger = await post('/forgotten-password', { email: 'stranger@example.com' });
    assert.deepEqual([asked.status, stranger.status], [200, 200]);
    assert.equal(await asked.text(), await stranger.text());
    const path = await linkTo('vic@example.com', 2);
    assert.match(path, /^\/new-password\?/);
    assert.equal((await post(path, { password: PASSWORD })).status, 200);
    assert.equal((await post(path, { password: `${PASSWORD} again` })).status, 404, 'it works once');
    const signedIn = await post('/sign-in', { email: 'vic@example.com', password: PASSWORD });
    assert.equal(signedIn.status, 303);
    assert.match(signedIn.headers.getSetCookie().join(), /switchwright_session=.*; Secure/);
  });

  test('another site has no mail sent; whoever asks for many waits, and nobody gets many', async () => {
    const from = await post('/forgotten-password', { email: 'vic@example.com' }, { 'sec-fetch-site': 'cross-site' });
    assert.equal(from.status, 400);
    let asked = 0;
    while ((await post('/forgotten-password', { email: 'vic@example.com' })).status === 200) asked++;
    assert.ok(asked > 10 && asked < 30, `${asked}`);
    await linkTo('vic@example.com', 6);
    // What was not to be sent would have been before this one.
    await invite('wes@example.com');
    await linkTo('wes@example.com', 1);
    const got = server.mails.filter(({ to }) => to.includes('vic@example.com')).length;
    assert.ok(got < 9, `the invitation, five, and one more in six minutes: not ${got}`);
    assert.deepEqual(
      server.mails.filter(({ to }) => to.includes('stranger@example.com')),
      [],
    );
  });
});
