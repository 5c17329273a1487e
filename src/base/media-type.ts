import { entryOf } from './table.ts';

/** What the first bytes say they are, for vendors that refuse a wrong media type; null = not recognised. */
export function sniffMediaType(bytes: Uint8Array): string | null {
  for (const [mediaType, at, signature] of SIGNATURES) if (startsWith(bytes, at, signature)) return mediaType;
  if (startsWith(bytes, 0, 'RIFF')) return RIFF[ascii(bytes, 8, 12)] ?? null;
  if (startsWith(bytes, 4, 'ftyp')) return BRANDS[ascii(bytes, 8, 12)] ?? 'video/mp4';
  return null;
}

const SIGNATURES: readonly (readonly [mediaType: string, at: number, signature: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/bmp', 0, 'BM'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['application/pdf', 0, '%PDF-'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/mpeg', 0, '\xff\xfb'],
  ['audio/flac', 0, 'fLaC'],
  ['audio/ogg', 0, 'OggS'],
  ['video/webm', 0, '\x1a\x45\xdf\xa3'],
];
const RIFF: { readonly [form: string]: string } = { WEBP: 'image/webp', WAVE: 'audio/wav', 'AVI ': 'video/x-msvideo' };
const BRANDS: { readonly [brand: string]: string } = {
  avif: 'image/avif',
  heic: 'image/heic',
  heix: 'image/heic',
  mif1: 'image/heif',
  'M4A ': 'audio/mp4',
  'qt  ': 'video/quicktime',
};

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
const startsWith = (bytes: Uint8Array, at: number, signature: string): boolean =>
  ascii(bytes, at, at + signature.length) === signature;

/** Names that programs write and vendors refuse, by the registered one. */
const REGISTERED: { readonly [name: string]: string } = {
  'image/jpg': 'image/jpeg',
  'image/jpe': 'image/jpeg',
  'image/jfif': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'image/apng': 'image/png',
  'image/x-webp': 'image/webp',
  'image/x-ms-bmp': 'image/bmp',
  'image/x-bmp': 'image/bmp',
  'image/tif': 'image/tiff',
  'application/x-pdf': 'application/pdf',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/x-flac': 'audio/flac',
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
};

/** A media type as it is registered: small letters, no parameters. */
export function registeredMediaType(told: string): string {
  const name = (told.split(';', 1)[0] ?? '').trim().toLowerCase();
  return entryOf(REGISTERED, name) ?? name;
}
