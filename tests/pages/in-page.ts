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

/** Before a page's own scripts: notes whatever moves without being asked to, and how far (web.dev/cls). */
export const WATCH_SHIFTS = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries())
      if (!hadRecentInput)
        for (const { node, previousRect: from, currentRect: to } of sources)
          shifts.push(value.toFixed(5) + ' ' + (node?.outerHTML ?? node?.parentElement?.outerHTML ?? '').slice(0, 120) + ' from ' + [from.x, from.y, from.width, from.height] + ' to ' + [to.x, to.y, to.width, to.height]);
  }).observe({ type: 'layout-shift', buffered: true });
`;

/** A script for the page: what axe finds wrong, one line for each rule; of long tables, whose rows are alike, in the first of them. Its source must have been run before. */
export const FIND_VIOLATIONS = `axe.run({ include: [document], exclude: [['tbody tr:nth-child(n+16)']] }, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map((node) => node.target + ' ' + node.failureSummary).join('; ')))`;
