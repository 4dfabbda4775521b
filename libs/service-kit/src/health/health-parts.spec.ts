import { HealthParts } from './health-parts.js';

function parts() {
  const health = new HealthParts();
  const part = { name: 'kafka', up: false };
  health.add({ name: 'kafka', started: () => part.up, state: () => ({ up: part.up, lag: 3 }) });
  return { health, part };
}

it('is ready between start and drain, whatever its parts do', () => {
  const { health } = parts();
  expect(health.ready).toBe(false);
  health.serve();
  expect(health.ready).toBe(true);
  health.drain();
  expect(health.ready).toBe(false);
});

it('has started once every part was seen to work, and stays so', async () => {
  const { health, part } = parts();
  health.serve();
  expect(await health.started()).toBe(false);
  part.up = true;
  expect(await health.started()).toBe(true);
  part.up = false;
  expect(await health.started()).toBe(true);
});

it('has not started before it serves', async () => {
  expect(await new HealthParts().started()).toBe(false);
});

it('reports each part, and why one does not work', async () => {
  const { health } = parts();
  health.serve();
  health.add({ name: 'database', started: () => true, state: () => Promise.reject(new Error('gone')) });
  expect(await health.report()).toEqual({
    status: 'serving',
    started: false,
    parts: { kafka: { up: false, lag: 3 }, database: { up: false, reason: 'gone' } },
  });
});

it('does not wait long for a part that hangs', async () => {
  const health = new HealthParts();
  health.serve();
  const hang = () => new Promise<never>(() => undefined);
  health.add({ name: 'disk', started: hang, state: hang });
  expect(await health.started()).toBe(false);
  expect((await health.report()).parts.disk).toEqual({ up: false, reason: 'no answer within 1000 ms' });
});

it('tells once that the service is on its way out', () => {
  const health = new HealthParts();
  let told = 0;
  health.onDrain(() => {
    told += 1;
  });
  health.serve();
  expect(told).toBe(0);
  health.drain();
  health.drain();
  expect([told, health.draining]).toEqual([1, true]);
});
