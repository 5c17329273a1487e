import { isIP } from 'node:net';
import type { Environment } from '../catalog/environment.ts';

/** A setting that cannot be used, in words that name it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** One of these words; the first one where nothing is set. */
export function oneOf<const Word extends string>(
  environment: Environment,
  name: string,
  [standard, ...others]: readonly [Word, ...Word[]],
): Word {
  const value = environment[name] || standard;
  const found = [standard, ...others].find((word) => word === value);
  if (found !== undefined) return found;
  throw new ConfigurationError(`${name} must be ${[standard, ...others].join(' or ')}, not "${value}".`);
}

/** A whole number from 0 to `most`; `standard` where nothing is set. */
export function wholeNumber(environment: Environment, name: string, standard: number, most: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return standard;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new ConfigurationError(`${name} must be a whole number from 0 to ${most}, not "${text}".`);
  return value;
}

/** Is this a name of this machine? Without brackets. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
