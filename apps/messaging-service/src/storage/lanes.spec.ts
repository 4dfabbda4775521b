import { Lanes } from './lanes.js';

function gate(): { open: () => void; opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

it('runs what shares a key in its order, and nothing else waits', async () => {
  const lanes = new Lanes();
  const done: string[] = [];
  const first = gate();
  const a = lanes.run(['x', 'y'], async () => {
    await first.opened;
    done.push('a');
  });
  const b = lanes.run(['y'], async () => void done.push('b'));
  await lanes.run(['z'], async () => void done.push('c'));
  expect(done).toEqual(['c']);
  first.open();
  await Promise.all([a, b]);
  expect(done).toEqual(['c', 'a', 'b']);
});

it('goes on after a failure, which only its own caller sees', async () => {
  const lanes = new Lanes();
  const failing = lanes.run(['x'], () => Promise.reject(new Error('no')));
  const next = lanes.run(['x'], async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  await expect(next).resolves.toBe('yes');
});

it('is busy as long as somebody is at it', async () => {
  const lanes = new Lanes();
  const one = lanes.run(['x'], async () => undefined);
  expect(lanes.isBusy('x')).toBe(true);
  await one;
  expect(lanes.isBusy('x')).toBe(false);
});
