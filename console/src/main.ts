import './console.css';
import { enableReadout } from './chart.ts';
import { enableCopying } from './copy.ts';
import { enableGrid } from './grid.ts';
import { enableLive } from './live.ts';
import { enablePasskeys } from './passkeys.ts';
import { enableSampleKey } from './sample-key.ts';
import { enableSpy } from './spy.ts';
import { enableTabs } from './tabs.ts';
import { enableTheme } from './theme.ts';

/** The pages are complete as they come; this adds what only a browser can do. */
for (const grid of document.querySelectorAll<HTMLElement>('[data-grid]')) enableGrid(grid);
for (const samples of document.querySelectorAll<HTMLElement>('[data-tabs]')) enableTabs(samples);
for (const tabs of document.querySelectorAll<HTMLElement>('nav.tabs')) enableSpy(tabs);
for (const list of document.querySelectorAll<HTMLElement>('[data-live]')) enableLive(list);
for (const chart of document.querySelectorAll<HTMLElement>('[data-chart]')) enableReadout(chart);
for (const form of document.querySelectorAll<HTMLFormElement>('[data-passkey]')) enablePasskeys(form);
enableCopying(document);
enableSampleKey();
enableTheme(document.querySelector('[data-theme-toggle]'));

/** React is fetched when the palette is first wanted. */
const openPalette = async (): Promise<void> => (await import('./palette.tsx')).openPalette();
document.querySelector('[data-palette]')?.addEventListener('click', openPalette);
addEventListener('keydown', (event) => {
  if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  void openPalette();
});
const chat = document.querySelector<HTMLElement>('[data-chat]');
if (chat) void import('./chat/Chat.tsx').then(({ mountChat }) => mountChat(chat));
const play = document.querySelector<HTMLElement>('[data-play]');
if (play) void import('./play/Play.tsx').then(({ mountPlay }) => mountPlay(play));
document.documentElement.dataset.ready = 'true';
