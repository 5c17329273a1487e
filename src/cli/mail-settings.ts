import type { Environment } from '../catalog/environment.ts';
import { isMailAddress } from '../facts/mail.ts';
import type { SmtpServer } from '../mail/smtp.ts';
import { ConfigurationError, isLoopback } from './environment-values.ts';

/** By which server mails are sent; null = none are. */
export function mailOf(environment: Environment): SmtpServer | null {
  const text = environment.SWITCHWRIGHT_SMTP_URL;
  if (!text) return null;
  if (!environment.SWITCHWRIGHT_PUBLIC_URL)
    throw new ConfigurationError(
      'SWITCHWRIGHT_SMTP_URL needs SWITCHWRIGHT_PUBLIC_URL: the links in mails must not lead where whoever asks for them says.',
    );
  const url = URL.parse(text);
  const tls = url?.searchParams.get('tls') ?? null;
  const isRead = url?.protocol === 'smtps:' || url?.protocol === 'smtp:';
  const others = [...(url?.searchParams.keys() ?? [])].filter((name) => name !== 'tls');
  if (!url || !isRead || !url.hostname || !/^\/?$/.test(url.pathname) || others.length > 0 || (tls ?? 'off') !== 'off')
    throw new ConfigurationError(
      'SWITCHWRIGHT_SMTP_URL must be an address such as smtps://user:password@mail.example.com, or smtp://… for STARTTLS; what of its password is no letter or digit is written as in URLs (%40 for @).',
    );
  const isTls = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
    tls: isTls ? 'start' : tls === 'off' || isLoopback(host) ? 'none' : 'upgrade',
    user: url.username === '' ? null : decoded(url.username),
    password: url.username === '' ? null : decoded(url.password),
    from: fromOf(environment.SWITCHWRIGHT_MAIL_FROM ?? ''),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigurationError('SWITCHWRIGHT_SMTP_URL has a % that stands for nothing: write %25.');
  }
}

function fromOf(text: string): SmtpServer['from'] {
  const [, name = '', address = text.trim()] = /^\s*"?([^"<>]*?)"?\s*<([^<>]+)>\s*$/.exec(text) ?? [];
  if (isMailAddress(address)) return { name, address };
  throw new ConfigurationError(
    'SWITCHWRIGHT_SMTP_URL needs SWITCHWRIGHT_MAIL_FROM, in whose name mails are sent, such as "Switchwright <gateway@example.com>".',
  );
}
