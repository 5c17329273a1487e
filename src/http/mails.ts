import type { Invitation, Person } from '../access/people/person.ts';
import { PRODUCT } from '../base/product.ts';
import type { Mail } from '../facts/mail.ts';
import type { Gateway } from '../gateway/gateway.ts';

/** A link that somebody needs: in a mail to them, or, where no mail went out, for whoever made it to hand on. */
export type Handed = {
  /** A mail with the link is on its way. */
  readonly mailed: boolean;
  /** Null = only the mail has it. */
  readonly url: string | null;
};

type Post = Pick<Gateway, 'mailer' | 'log'>;

/** Sends the link. What goes wrong is the operator's to know; the link goes another way. */
async function handOn({ mailer, log }: Post, url: string, mail: Mail): Promise<Handed> {
  if (!mailer) return { mailed: false, url };
  const sent = await mailer.send(mail);
  if (!sent.ok) log(`a mail was not sent: ${sent.error.words}`);
  return sent.ok ? { mailed: true, url: null } : { mailed: false, url };
}

const IGNORE = 'If you did not expect this, do nothing.';

export function handInvitation(
  gateway: Post,
  { email, role }: Pick<Invitation, 'email' | 'role'>,
  { origin, token }: { readonly origin: string; readonly token: string },
): Promise<Handed> {
  const url = `${origin}/invitation?token=${token}`;
  return handOn(gateway, url, {
    to: email,
    subject: `Your invitation to ${PRODUCT.name}`,
    text: `You are invited to the ${PRODUCT.name} at ${origin}, with the role ${role}.

Join by this link. It works once, within a week:
${url}

${IGNORE}
`,
  });
}

export function handReset(
  gateway: Post,
  { email }: Pick<Person, 'email'>,
  { origin, token }: { readonly origin: string; readonly token: string },
): Promise<Handed> {
  const url = `${origin}/new-password?token=${token}`;
  if (email === null) return Promise.resolve({ mailed: false, url });
  return handOn(gateway, url, {
    to: email,
    subject: `A new password for ${PRODUCT.name}`,
    text: `Somebody asked for a new password for ${email} at the ${PRODUCT.name} at ${origin}.

Set it by this link. It works once, within the hour:
${url}

${IGNORE} Your password stays as it is.
`,
  });
}
