import { Counter } from 'prom-client';
import { createRegistry, dropRegistry, joinExpositions, metricsOfProcess, showRegistry } from './metrics.js';

it("shows the process's metrics once and those of each service in it with its name", async () => {
  const registries = ['user-service', 'social-service'].map((name) => {
    const registry = createRegistry(name);
    showRegistry(registry);
    new Counter({ name: 'plaza_test_total', help: 'A count', registers: [registry] }).inc();
    return registry;
  });
  const text = await metricsOfProcess();
  expect(text.match(/^# TYPE plaza_test_total counter$/gm)).toHaveLength(1);
  expect(text).toContain('plaza_test_total{service="user-service"} 1\nplaza_test_total{service="social-service"} 1\n');
  expect(text.match(/^# TYPE process_resident_memory_bytes /gm)).toHaveLength(1);
  for (const registry of registries) dropRegistry(registry);
  expect(await metricsOfProcess()).not.toContain('plaza_test_total');
});

it('joins texts so that the head of a metric stands once, before its samples', () => {
  const one = '# HELP a A\n# TYPE a counter\na{x="1"} 1\n\n# HELP b B\n# TYPE b gauge\nb 2\n';
  const two = '# HELP a A\n# TYPE a counter\na{x="2"} 3\n';
  expect(joinExpositions([one, two, ''])).toBe(
    '# HELP a A\n# TYPE a counter\na{x="1"} 1\na{x="2"} 3\n\n# HELP b B\n# TYPE b gauge\nb 2\n',
  );
});
