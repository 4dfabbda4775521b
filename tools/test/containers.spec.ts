import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { services } from '@plaza/all-in-one';
import { apiGateway } from '@plaza/api-gateway';
import { nodeArguments } from '@plaza/embedded';
import { databaseKind, platformSettings, readSettings, type ServiceDefinition } from '@plaza/service-kit';
import { type ContainerService, fetchContainerTools, lintDockerfile, readCompose, root } from './container-tools.js';
import { temporaryWorkspace } from './workspace.js';

const definitions: ServiceDefinition[] = [apiGateway, ...services];
const names = definitions.map(({ name }) => name);
/** The apps that run by themselves: whoever adds one has to add it to docker-compose.yml. */
const apps = globSync('apps/*/src/main.ts', { cwd: root })
  .map((main) => basename(dirname(dirname(main))))
  .filter((app) => app !== 'all-in-one');
const composeFile = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const dockerfile = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8');

let containers: Record<string, ContainerService>;
let workspace: ReturnType<typeof temporaryWorkspace>;

beforeAll(async () => {
  await fetchContainerTools();
  containers = (await readCompose(join(root, 'docker-compose.yml'))).services;
  workspace = temporaryWorkspace({});
  mkdirSync(join(workspace.root, 'deploy'));
  copyFileSync(join(root, 'deploy/secrets.sh'), join(workspace.root, 'deploy/secrets.sh'));
  makeSecrets();
}, 180_000);
afterAll(() => workspace.remove());

function container(name: string): ContainerService {
  const found = containers[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

function makeSecrets(): void {
  execFileSync('sh', [join(workspace.root, 'deploy/secrets.sh')]);
}

const secret = (name: string) => readFileSync(join(workspace.root, 'deploy/secrets', name), 'utf8').trim();

/** The settings that a service reads in its container, on secrets as deploy/secrets.sh makes them. */
function settingsIn(definition: ServiceDefinition, environment = container(definition.name).environment ?? {}) {
  const mounted = Object.entries(environment).map(([name, value]) => [
    name,
    value.replace('/run/secrets', join(workspace.root, 'deploy/secrets')),
  ]);
  const platform = platformSettings(definition.name, databaseKind(definition));
  return readSettings(definition.name, { platform, own: definition.settings }, Object.fromEntries(mounted));
}

describe('docker-compose.yml', () => {
  it('has a service for every app that runs by itself, built from the one Dockerfile', () => {
    const built = Object.entries(containers).filter(([, { build }]) => build);
    expect(built.map(([name]) => name).sort()).toEqual([...apps].sort());
    for (const [name, { build, image }] of built) {
      expect([name, build?.args, image]).toEqual([name, { APP: name }, `plaza/${name}`]);
      expect(existsSync(join(root, build?.dockerfile ?? ''))).toBe(true);
    }
  });

  it.each([
    ['a word that there is not', 'healthcheck:', 'healtcheck:'],
    ['a secret that is not declared', '[postgres_url,', '[postgres_uri,'],
    ['a volume that is not declared', 'kafka:/var', 'kafkas:/var'],
    ['a service to wait for that there is not', 'kafka: {', 'kavka: {'],
  ])('is refused with %s', async (_what, from, to) => {
    const broken = temporaryWorkspace({ 'docker-compose.yml': composeFile.replaceAll(from, to) });
    await expect(readCompose(join(broken.root, 'docker-compose.yml'))).rejects.toThrow(to.replace(/[^a-z].*$/, ''));
    broken.remove();
  });

  it('watches every container and starts it again', () => {
    for (const [name, { healthcheck, restart }] of Object.entries(containers)) {
      expect([name, healthcheck?.test?.[0], restart]).toEqual([name, 'CMD', 'unless-stopped']);
    }
  });

  it('publishes ports to this machine alone', () => {
    for (const { ports } of Object.values(containers)) {
      for (const { host_ip } of ports ?? []) expect(host_ip).toBe('127.0.0.1');
    }
  });

  it('has room in PostgreSQL for all pools', () => {
    const settings = definitions.filter(({ database }) => database).map((definition) => settingsIn(definition));
    const listeners = settings.length;
    const wanted = settings.reduce((sum, { poolSize, backgroundPoolSize }) => sum + poolSize + backgroundPoolSize, 0);
    const [, limit] = /max_connections=(\d+)/.exec(String(container('postgres').command)) ?? [];
    expect(wanted + listeners).toBeLessThan(Number(limit));
  });
});

describe.each(definitions.map((definition) => [definition.name, definition] as const))('%s', (name, definition) => {
  it('is given settings that it has, with values that it takes in production', () => {
    const platform = platformSettings(name, databaseKind(definition));
    const known = Object.values({ ...platform, ...definition.settings }).flatMap(({ env }) => [env, `${env}_FILE`]);
    const given = Object.keys(container(name).environment ?? {});
    expect(given.filter((env) => !['NODE_ENV', ...known].includes(env))).toEqual([]);
    expect(settingsIn(definition)).toMatchObject({ host: '0.0.0.0', masterKeys: [expect.any(Buffer)] });
  });

  it('would not start on secrets for development', () => {
    const { PLAZA_MASTER_KEY_FILE, ...others } = container(name).environment ?? {};
    expect(PLAZA_MASTER_KEY_FILE).toBe('/run/secrets/master_key');
    expect(() => settingsIn(definition, others)).toThrow(/PLAZA_MASTER_KEY is the secret for development/);
  });

  it('has the secrets mounted that its settings name', () => {
    const { environment = {}, secrets = [] } = container(name);
    const named = Object.values(environment).filter((value) => value.startsWith('/run/secrets/'));
    expect(named.sort()).toEqual(secrets.map(({ source }) => `/run/secrets/${source}`).sort());
  });

  it('is asked for its health on its own port', () => {
    const url = `http://127.0.0.1:${settingsIn(definition).port}/health/ready`;
    expect(container(name).healthcheck?.test.join(' ')).toContain(url);
  });
});

it('lets the gateway find every service', () => {
  const routed: Record<string, unknown> = settingsIn(apiGateway);
  for (const service of services) {
    expect(routed[service.name]).toBe(`http://${service.name}:${settingsIn(service).port}`);
    expect(container('api-gateway').depends_on).toHaveProperty(service.name);
  }
  expect([...apps].sort()).toEqual([...names].sort());
});

describe('deploy/secrets.sh', () => {
  it('makes secrets that only their owner gets at, and makes them once', () => {
    const before = ['master_key', 'cursor_key', 'postgres_url'].map(secret);
    makeSecrets();
    expect(['master_key', 'cursor_key', 'postgres_url'].map(secret)).toEqual(before);
    expect(new Set(before).size).toBe(3);
    expect(statSync(join(workspace.root, 'deploy/secrets')).mode & 0o777).toBe(0o700);
  });

  it("gives the services PostgreSQL's own password", () => {
    expect(new URL(secret('postgres_url')).password).toBe(secret('postgres_password'));
    expect(new URL(secret('postgres_url')).hostname).toBe('postgres');
  });

  it('keeps them out of git and out of images', () => {
    execFileSync('git', ['check-ignore', '--quiet', 'deploy/secrets/master_key'], { cwd: root });
    expect(readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')).toContain('deploy/secrets');
  });
});

describe('deploy/Dockerfile', () => {
  it('has nothing that hadolint objects to', async () => {
    expect(await lintDockerfile(join(root, 'deploy/Dockerfile'))).toBe('');
  });

  it.each([
    ['an instruction that there is not', 'COPY apps', 'COPPY apps', 'unexpected'],
    ['a stage that there is not', '--from=build', '--from=built', 'DL3022'],
  ])('is refused with %s', async (_what, from, to, said) => {
    const broken = temporaryWorkspace({ Dockerfile: dockerfile.replace(from, to) });
    expect(await lintDockerfile(join(broken.root, 'Dockerfile'))).toContain(said);
    broken.remove();
  });

  it('starts Node as `npm start` does', () => {
    expect(dockerfile).toContain(
      `CMD ${JSON.stringify(['node', ...nodeArguments, 'dist/main.js']).replaceAll(',', ', ')}`,
    );
  });

  it('copies only what there is', () => {
    const copies = [...dockerfile.matchAll(/^COPY (?:--from=\w+ )?(.+) \S+$/gm)];
    const paths = copies.flatMap(([, sources]) => (sources ?? '').split(' '));
    const sources = paths.map((path) => path.replace(/^\/plaza\/?/, './'));
    expect(sources).toContain('./apps/$APP');
    for (const app of apps) {
      for (const path of sources)
        expect([path, existsSync(join(root, path.replace('$APP', app)))]).toEqual([path, true]);
    }
  });
});
