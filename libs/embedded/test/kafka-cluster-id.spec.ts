import { randomClusterId } from '../src/servers/kafka.js';

it('never makes a cluster id that the storage tool would take for an option', () => {
  const ids = Array.from({ length: 2000 }, () => randomClusterId());
  expect(ids.filter((id) => id.startsWith('-'))).toEqual([]);
  expect(new Set(ids).size).toBe(2000);
});
