import type { Result } from '../base/result.ts';

/** Enough to be an address that mail can go to, and nothing else; whether it does shows when it is used. */
const ADDRESS = /^[^\s@<>"(),:;[\]\\\p{Cc}]{1,64}@[^\s@<>"(),:;[\]\\\p{Cc}]{1,190}$/u;
export const ADDRESS_LENGTH_MAX = 254;
export const isMailAddress = (text: string): boolean => text.length <= ADDRESS_LENGTH_MAX && ADDRESS.test(text);

/** A mail to one address, in plain text of UTF-8. */
export type Mail = { readonly to: string; readonly subject: string; readonly text: string };

/**
 * Why a mail did not go out. `refused`: the server will not have it, now or later; `unsent`: it was not reached, is busy,
 * or too many mails wait here, so it may be tried again. `words`: what was said, for the operator.
 */
export type Unsent = { readonly kind: 'refused' | 'unsent'; readonly words: string };

/** Sends mails by the operator's server. What it has taken is out of our hands; whether it arrives nobody here knows. */
export type Mailer = { readonly send: (mail: Mail) => Promise<Result<null, Unsent>> };
