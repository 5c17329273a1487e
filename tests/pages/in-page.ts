/** A script for the page: how many rows are shown the moment after none matches, and the moment after all do again. */
export const FILTER_TWICE = `(() => {
  const field = document.querySelector('[type="search"]');
  const shownAfter = (text) => {
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    return document.querySelectorAll('tbody tr:not([hidden])').length;
  };
  return { none: shownAfter('zzz'), atOnce: shownAfter('') };
})()`;

/** Before a page's own scripts: adds up how far its contents moved without being asked to (web.dev/cls). */
export const WATCH_SHIFTS = `
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
`;

/** A script for the page: what axe finds wrong, one line for each rule. Its source must have been run before. */
export const FIND_VIOLATIONS = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map((node) => node.target + ' ' + node.failureSummary).join('; ')))`;
