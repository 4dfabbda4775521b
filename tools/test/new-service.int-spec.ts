import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addToAllInOne, writeService } from '../src/new-service/write-service.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const EVENTS = { name: 'event-service', description: 'Events, and who comes' };

/** A workspace that shares everything with this one but the apps, of which it has what the generator touches. */
let workspace: string;

beforeEach(async () => {
  workspace = await mkdtemp(join(root, '.plaza/new-service-'));
  for (const shared of ['libs', 'tools', 'node_modules', 'tsconfig.base.json'])
    await symlink(join(root, shared), join(workspace, shared));
  for (const app of ['all-in-one', 'social-service']) {
    await cp(join(root, 'apps', app), join(workspace, 'apps', app), { recursive: true });
  }
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

it('makes a service whose types hold and whose own test passes on real servers', async () => {
  await writeService(workspace, EVENTS);
  const folder = join(workspace, 'apps/event-service');
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', folder]);
  execFileSync(process.execPath, [join(root, 'tools/jest.mjs')], { cwd: folder, stdio: 'pipe' });
}, 180_000);

it('adds it to what all-in-one starts', async () => {
  await addToAllInOne(workspace, EVENTS.name);
  const services = await readFile(join(workspace, 'apps/all-in-one/src/services.ts'), 'utf8');
  expect(services).toContain("import { eventService } from '@plaza/event-service';");
  expect(services).toMatch(/socialService, .*, eventService\]/);
});

it('refuses a name that the gateway has no prefix for, and one that is taken', async () => {
  await expect(writeService(workspace, { ...EVENTS, name: 'blog-service' })).rejects.toThrow('choose one of');
  await expect(writeService(workspace, { ...EVENTS, name: 'social-service' })).rejects.toThrow('exists already');
});
