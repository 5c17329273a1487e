/**
 * A price that came as a JSON number → a decimal string per million tokens. Noise of binary fractions is removed
 * (12 significant digits); what is finer than a pico-dollar per token rounds up. Undefined for what is no price: a
 * token that costs a dollar or more is a mistake of units.
 */
export function decimalPrice(value: number | undefined): string | undefined {
  if (value === undefined || !Number.isFinite(value) || value < 0 || value >= 1_000_000) return undefined;
  const exact = Number(value.toPrecision(12)).toFixed(18);
  const [whole = '0', fraction = ''] = exact.split('.');
  const kept = BigInt(whole + fraction.slice(0, 6));
  const millionths = /[1-9]/.test(fraction.slice(6, 15)) ? kept + 1n : kept;
  const digits = millionths.toString().padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/(\.\d\d\d*?)0+$/, '$1').replace(/\.(\d)$/, '.$10');
}
