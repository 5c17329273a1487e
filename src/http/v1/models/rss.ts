import { PRODUCT } from '../../../base/product.ts';
import { displayName, type Model } from '../../../catalog/model.ts';
import type { RouteAnswer } from '../../route.ts';

const ITEMS_MAX = 100;

/** Where an entry leads: to the model's page, or to a conversation with it (`use_rss_chat_links=true`). */
type Lead = 'page' | 'chat';

/** The newest models as an RSS 2.0 feed (`GET /models?use_rss=true`). */
export function rss(models: readonly Model[], origin: string, lead: Lead): RouteAnswer {
  const path = ({ id }: Model): string => (lead === 'chat' ? `chat?model=${encodeURIComponent(id)}` : id);
  const items = models
    .slice(0, ITEMS_MAX)
    .map(
      (model) =>
        `<item><title>${escaped(displayName(model))}</title><link>${escaped(`${origin}/${path(model)}`)}</link>` +
        `<guid isPermaLink="false">${escaped(model.id)}</guid><pubDate>${new Date(model.created * 1000).toUTCString()}</pubDate>` +
        `<description>${escaped(model.description)}</description></item>`,
    );
  const text =
    `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>${PRODUCT.name}: models</title>` +
    `<link>${escaped(`${origin}/models`)}</link><description>New models</description>${items.join('')}</channel></rss>`;
  return { status: 200, contentType: 'application/rss+xml; charset=utf-8', text };
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
