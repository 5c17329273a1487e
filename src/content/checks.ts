import { isIPv4, isIPv6 } from 'node:net';

/** What has the form of something may still be none. Each is asked about one match, as it stands in the text. */

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** The check digit of payment cards (ISO/IEC 7812-1). */
export function isCardNumber(text: string): boolean {
  const digits = digitsOf(text);
  if (!/^[2-6]\d{12,18}$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The remainder that an account number leaves (ISO 13616). */
export function isIban(text: string): boolean {
  const plain = text.replace(/[ -]/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(plain)) return false;
  let rest = 0;
  for (const sign of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Numbers that the Social Security Administration gives to nobody are none (ssa.gov, read 2026-11-29). */
export function isSocialSecurityNumber(text: string): boolean {
  const digits = digitsOf(text);
  const [area, group, serial] = [digits.slice(0, 3), digits.slice(3, 5), digits.slice(5)];
  return area !== '000' && area !== '666' && !area.startsWith('9') && group !== '00' && serial !== '0000';
}

/** E.164 has fifteen digits at most. */
export function isPhoneNumber(text: string): boolean {
  const { length } = digitsOf(text);
  return length >= 8 && length <= 15;
}

/** `std::a` and times of day have the form of an address, too: a short one counts only where it can be no other thing. */
export function isAddress(text: string): boolean {
  if (isIPv4(text)) return true;
  const colons = text.split(':').length - 1;
  return isIPv6(text) && (colons > 3 || /^(?:::1$|fe80::|f[cd][0-9a-f]{2}:|2[0-9a-f]{3}:)/i.test(text));
}
