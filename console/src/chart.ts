/** Says what is under the pointer in a line of its own, which has its height before: nothing moves. */
export function enableReadout(chart: HTMLElement): void {
  const readout = chart.querySelector<HTMLElement>('[data-readout]');
  const drawing = chart.querySelector('svg');
  if (!readout || !drawing) return;
  const rest = readout.textContent;
  // The browser's own hint would say the same once more.
  for (const title of drawing.querySelectorAll('[data-mark] > title')) title.remove();
  drawing.addEventListener('pointermove', ({ target }) => {
    const mark = target instanceof Element ? target.closest<SVGElement>('[data-mark]')?.dataset.mark : undefined;
    if (mark !== undefined && readout.textContent !== mark) readout.textContent = mark;
  });
  drawing.addEventListener('pointerleave', () => {
    readout.textContent = rest;
  });
}
