import { nano, type PicoUsd, roundUp } from '../../base/money.ts';
import { completionTokens, promptTokens } from '../../call/usage.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Receipt } from '../../facts/receipt.ts';
import { ratesOf } from '../../metering/cost.ts';
import { TOKEN_METERS, type TokenMeter, UNIT_METERS, type UnitMeter } from '../../metering/meters.ts';
import { dollars, dollarsInLine, exactCount, price } from './figures.ts';
import { type Html, html, NOTHING } from './html.ts';

const WORDS: { readonly [M in TokenMeter]: string } = {
  input: 'Input, fresh',
  inputCacheRead: 'Input, read from cache',
  inputCacheWrite: 'Input, written to cache (5 min)',
  inputCacheWrite1h: 'Input, written to cache (1 h)',
  inputAudio: 'Input, audio',
  inputAudioCacheRead: 'Input, audio read from cache',
  inputImage: 'Input, images',
  inputVideo: 'Input, video',
  output: 'Output, visible',
  outputReasoning: 'Output, reasoning',
  outputAudio: 'Output, audio',
  outputImage: 'Output, images',
  outputVideo: 'Output, video',
};
const UNIT_WORDS: { readonly [M in UnitMeter]: string } = {
  images: 'Images read',
  inputSeconds: 'Seconds read',
  inputCharacters: 'Characters read',
  outputImages: 'Images written',
  outputSeconds: 'Seconds written',
  outputVideos: 'Videos written',
  webSearches: 'Web searches',
  searchUnits: 'Search units',
};

/**
 * What was used and what it cost. Meters are disjoint, so the lines add up. Prices are shown beside them where those of
 * the catalogue today still give this bill; they may have changed since.
 */
export function bill(receipt: Receipt, catalog: Catalog): Html {
  const { usage, bill: booked } = receipt;
  const rates = ratesOf(receipt, catalog);
  const meters = TOKEN_METERS.filter((meter) => usage[meter] > 0);
  const pieces = UNIT_METERS.filter((meter) => usage[meter] > 0);
  const request = rates?.units.request;
  const { upstreamCost } = booked;
  const amounts = [booked.inputCost, booked.outputCost, booked.cost, ...(upstreamCost === null ? [] : [upstreamCost])];
  const inLine = dollarsInLine(amounts);
  const sum = (words: string, count: number | null, amount: string, kind = ''): Html =>
    html`<tr class="${kind}"><td>${words}</td><td class="number">${count === null ? '' : exactCount(count)}</td>${rates && html`<td></td>`}<td class="number">${amount}</td></tr>`;
  return html`<table class="bill"><thead><tr><th scope="col">Meter</th><th scope="col" class="number">Count</th>${rates && html`<th scope="col" class="number">Price /M</th>`}<th scope="col" class="number">Cost</th></tr></thead>
<tbody>${meters.map((meter) => line(WORDS[meter], usage[meter], rates?.tokens[meter], perMillion))}${pieces.map((meter) => line(UNIT_WORDS[meter], usage[meter], rates?.units[meter], each))}${request !== undefined && line('Request', 1, request, each)}</tbody>
<tbody class="sums">${sum('Prompt', promptTokens(usage), inLine(booked.inputCost))}${sum('Completion', completionTokens(usage), inLine(booked.outputCost))}${usage.compaction && sum('Compaction by the provider, within both', promptTokens(usage.compaction) + completionTokens(usage.compaction), '')}${booked.serverToolCost !== undefined && sum('Tools of the gateway', usage.serverTools?.executed ?? null, inLine(booked.serverToolCost))}${sum(`Charged${booked.isByok ? ' (own provider key)' : ''}`, null, inLine(booked.cost), 'total')}${upstreamCost !== null && sum('At the provider', null, inLine(upstreamCost))}${usage.vendorCost && sum('As the provider reports it', null, `$${usage.vendorCost}`)}</tbody></table>
<p class="none">Counted by ${usage.source === 'provider' ? 'the provider' : 'an estimate of ours'}. ${rates ? 'The sum is rounded up once, to a billionth of a dollar.' : NOTHING}</p>`;
}

const perMillion = (rate: PicoUsd): Html => html`${price(rate)}`;
const each = (rate: PicoUsd): Html => html`${dollars(nano(roundUp(rate)))} each`;

function line(words: string, count: number, rate: PicoUsd | undefined, priced: (rate: PicoUsd) => Html): Html {
  const cost =
    rate === undefined
      ? html`<td></td>`
      : html`<td class="number">${priced(rate)}</td><td class="number">${dollars(nano(roundUp(BigInt(count) * rate)))}</td>`;
  return html`<tr><td>${words}</td><td class="number">${exactCount(count)}</td>${cost}</tr>`;
}
