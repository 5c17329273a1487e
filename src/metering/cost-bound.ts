import { type NanoUsd, roundUp } from '../base/money.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Rates, TokenRates, UnitRates } from '../catalog/price.ts';
import type { Exposure } from './exposure.ts';
import { isOfOutput, TOKEN_METERS, UNIT_METERS, UNIT_PRICES } from './meters.ts';

/** What a call costs at an endpoint at most, in pico-dollars: before its answers, and for one more token of each of them. */
export type CostBound = { readonly beforeOutput: bigint; readonly outputToken: bigint };

/** Every token meter has a price of the same name. */
const OUTPUT: readonly (keyof TokenRates)[] = TOKEN_METERS.filter(isOfOutput);
const INPUT: readonly (keyof TokenRates)[] = TOKEN_METERS.filter((meter) => !isOfOutput(meter));

/** At the dearest of every price that the host might ask: of any tier, at any hour, for any kind of token. */
export function costBound(exposure: Exposure, endpoint: Endpoint): CostBound {
  const prices = pricesFor(endpoint, exposure.promptTokens);
  const dearest = (names: readonly (keyof TokenRates | keyof UnitRates)[]): bigint => {
    let most = 0n;
    for (const price of prices)
      for (const name of names) {
        const rate = price[name];
        if (rate !== undefined && rate > most) most = rate;
      }
    return most;
  };
  const { promptTokensSum, pieces, summaries, answers, outputTokens } = exposure;
  const output = dearest(OUTPUT);
  let beforeOutput = BigInt(promptTokensSum) * dearest(INPUT) + dearest(['request']);
  if (summaries > 0) beforeOutput += BigInt(summaries * outputTokens) * output;
  for (const meter of UNIT_METERS)
    if (pieces[meter] > 0) beforeOutput += BigInt(pieces[meter]) * dearest([UNIT_PRICES[meter]]);
  return { beforeOutput, outputToken: BigInt(answers) * output };
}

/** An override replaces some rates; of those for other lengths and hours any may hold, so each stands for itself. */
function pricesFor({ price, tierPrices }: Endpoint, promptTokens: number): Partial<Rates>[] {
  return [price, ...tierPrices.values()].flatMap((one) => [
    one,
    ...one.overrides.filter(({ minPromptTokens }) => promptTokens > minPromptTokens).map((override) => override.price),
  ]);
}

/** With so many tokens for each answer. */
export const boundOf = ({ beforeOutput, outputToken }: CostBound, outputTokens: number): NanoUsd =>
  roundUp(beforeOutput + outputToken * BigInt(outputTokens));

/** How many tokens an amount pays for in each answer: `most` where they cost nothing, negative where not even the prompt is paid. */
export function outputFor({ beforeOutput, outputToken }: CostBound, amount: NanoUsd, most: number): number {
  const left = amount * 1000n - beforeOutput;
  if (left < 0n) return -1;
  if (outputToken === 0n) return most;
  const tokens = left / outputToken;
  return tokens < BigInt(most) ? Number(tokens) : most;
}
