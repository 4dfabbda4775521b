import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What runs, for tools that want to reach it: `<home>/run.json`, there as long as it runs. */
export interface RunFile {
  /** The launcher. */
  pid: number;
  url: string;
  postgresUrl: string;
  kafkaBrokers: string;
  mongodbUrl: string;
  /** Process ids by name: `all-in-one` or each service, `postgres`, `kafka`, `mongodb`. */
  processes: Record<string, number>;
}

export async function writeRunFile(home: string, content: RunFile): Promise<void> {
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'run.json'), `${JSON.stringify(content, null, 2)}\n`);
}

export async function removeRunFile(home: string): Promise<void> {
  await rm(join(home, 'run.json'), { force: true });
}

/** What runs on these data now; undefined when nothing does, also where a launcher was killed and left its note. */
export async function whatRuns(home: string): Promise<RunFile | undefined> {
  try {
    const content: RunFile = JSON.parse(await readFile(join(home, 'run.json'), 'utf8'));
    process.kill(content.pid, 0);
    return content;
  } catch {
    // No note, half a note, or of a process that is gone: nothing runs.
    return undefined;
  }
}
