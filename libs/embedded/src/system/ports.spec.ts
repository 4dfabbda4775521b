import { developmentPorts, freePort } from './ports.js';

it('gives each free port once, below those of outgoing connections', async () => {
  const ports = await Promise.all(Array.from({ length: 200 }, freePort));
  expect(new Set(ports).size).toBe(200);
  expect(Math.min(...ports)).toBeGreaterThanOrEqual(10_000);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

it('has fixed ports for development, each of which a setting moves', () => {
  const fixed = { postgres: 5532, kafka: 9192, kafkaController: 9193, mongodb: 27117 };
  expect(developmentPorts({})).toEqual(fixed);
  expect(developmentPorts({ PLAZA_KAFKA_CONTROLLER_PORT: '9999' })).toEqual({ ...fixed, kafkaController: 9999 });
});
