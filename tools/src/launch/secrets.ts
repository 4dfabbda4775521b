import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StackError } from '@plaza/embedded';

/** The secrets of an installation, each a list of keys: the first writes, all read. */
const SECRETS = { PLAZA_MASTER_KEY: 'masterKeys', PLAZA_CURSOR_KEY: 'cursorKeys' } as const;

const KEY_BYTES = 32;

/**
 * The secrets as environment for the services: made at the first start and kept in `secrets.json`, which only its owner
 * can read. What the environment already names is not touched.
 */
export async function secretSettings(home: string, env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const kept = await keptSecrets(join(home, 'secrets.json'));
  const settings: NodeJS.ProcessEnv = {};
  for (const [name, key] of Object.entries(SECRETS)) {
    if (!env[name] && !env[`${name}_FILE`]) settings[name] = kept[key]?.join(',');
  }
  return settings;
}

async function keptSecrets(file: string): Promise<Record<string, string[]>> {
  const text = await readFile(file, 'utf8').catch(absent);
  const kept = text === undefined ? {} : parse(file, text);
  const missing = Object.values(SECRETS).filter((key) => !kept[key]);
  if (missing.length === 0) return kept;
  const whole = { ...kept, ...Object.fromEntries(missing.map((key) => [key, [newKey()]])) };
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 });
  return whole;
}

function parse(file: string, text: string): Record<string, string[]> {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StackError(
      `${file} is not JSON (${String(error)}). Mend it: what it encrypted can't be read without it.`,
    );
  }
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
