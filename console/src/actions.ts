import type { Entry } from './find.ts';

const signOut = document.querySelector<HTMLFormElement>('form[action="/sign-out"]');

/** What can be done from anywhere. */
export const ACTIONS: readonly Entry[] = [
  {
    label: 'Switch between light and dark',
    hint: 'action',
    run: () => document.querySelector<HTMLElement>('[data-theme-toggle]')?.click(),
  },
  {
    label: 'Copy the base URL',
    hint: `${location.origin}/api/v1`,
    run: () => void navigator.clipboard?.writeText(`${location.origin}/api/v1`),
  },
  signOut
    ? { label: 'Sign out', hint: 'action', run: () => signOut.requestSubmit() }
    : { label: 'Sign in', hint: '/sign-in', path: '/sign-in' },
];
