import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StackError } from '../stack-error.js';
import { cacheDir } from '../system/places.js';
import { lastLines, run } from '../system/processes.js';

const pom = resolve(dirname(fileURLToPath(import.meta.url)), '../../kafka/pom.xml');
const DIGEST = '1b99f073a43e87b2736a310489b83812e46b68a9b65835edd475056461ae1646';

/** The folder of Kafka's jars, fetched with Maven the first time. */
export async function kafkaJars(log: (line: string) => void): Promise<string> {
  const jars = join(cacheDir, `kafka-${DIGEST.slice(0, 12)}`);
  if (existsSync(jars)) return jars;
  log('Fetching Apache Kafka with Maven (once) ...');
  const unfinished = join(cacheDir, `kafka-unfinished-${process.pid}`);
  await mkdir(unfinished, { recursive: true });
  await fetchInto(unfinished);
  await requireDigest(unfinished);
  await rename(unfinished, jars).catch(async (error) => {
    // Another process was faster.
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(jars)) throw error;
  });
  return jars;
}

async function fetchInto(folder: string): Promise<void> {
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
  const finished = await run('mvn', args);
  if (finished === undefined) {
    throw new StackError(
      'Maven (mvn) is missing: it fetches Apache Kafka. Install it, or set PLAZA_KAFKA_BROKERS to a Kafka of yours.',
    );
  }
  if (finished.code === 0) return;
  await rm(folder, { recursive: true, force: true });
  throw new StackError(
    `Maven could not fetch Apache Kafka. Try again, or set PLAZA_KAFKA_BROKERS to a Kafka of yours. It said:\n${lastLines(finished.output, 15)}`,
  );
}

async function requireDigest(folder: string): Promise<void> {
  const found = await digestOf(folder);
  if (found === DIGEST) return;
  await rm(folder, { recursive: true, force: true });
  throw new StackError(
    `The jars of Apache Kafka are not the expected ones (digest ${found}). Check which Maven repository is used.`,
  );
}

async function digestOf(folder: string): Promise<string> {
  const all = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) {
    const jar = createHash('sha256').update(await readFile(join(folder, name)));
    all.update(`${name} ${jar.digest('hex')}\n`);
  }
  return all.digest('hex');
}
