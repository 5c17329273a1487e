/** A script for the page: the WCAG contrast of an element's text against the nearest background. */
export const contrastOf = (selector: string): string => `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let element = document.querySelector(${JSON.stringify(selector)});
  const text = luminance(getComputedStyle(element).color);
  const isClear = () => channels(getComputedStyle(element).backgroundColor)[3] === 0;
  while (element.parentElement && isClear()) element = element.parentElement;
  const ground = luminance(getComputedStyle(element).backgroundColor);
  return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
})()`;

/** A script for the page: how long each of twenty changes from no row to all rows takes, layout included. */
export const TIME_FILTERING = `(() => {
  const field = document.querySelector('[type="search"]');
  const times = Array.from({ length: 40 }, (_, at) => {
    field.value = at % 2 === 0 ? 'zzz' : '';
    const start = performance.now();
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    void document.body.offsetHeight;
    return performance.now() - start;
  });
  return times.filter((_, at) => at % 2 === 1);
})()`;
