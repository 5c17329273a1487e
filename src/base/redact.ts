const SECRETS = [
  /\b(?:sk|pk|rk|gsk|xai|hf|nvapi|csk|fw|tgp|pplx)[-_][A-Za-z0-9_*.-]{8,}/g,
  /\bAIza[A-Za-z0-9_-]{10,}/g,
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /\bAKIA[A-Z0-9]{12,}/g,
];

/** Replaces what looks like a credential: vendors like to repeat keys, whole or masked, in their error messages. */
export function redact(text: string): string {
  let clean = text;
  for (const secret of SECRETS) clean = clean.replace(secret, '[redacted]');
  return clean;
}

const PATHS = /(?<![\w/:.])(?:file:\/\/)?(?:\/[\w.@+~-]+){2,}|\b[A-Z]:\\[^\s'"]+/g;

/** Replaces what looks like a path: an error's own words tell where on this machine the gateway is installed. */
export const withoutPaths = (text: string): string => text.replace(PATHS, '[path]');
