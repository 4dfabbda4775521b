// `npm run reset`: deletes what `npm start` keeps between starts: the servers' data and the logs. The secrets stay: a
// database elsewhere (PLAZA_POSTGRES_URL) can't be read without them.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteCopies, deleteData, holderOf } from '@plaza/embedded';
import { whatRuns } from './launch/run-file.js';
import { launcherSettings } from './launch/settings.js';

const { home, data } = launcherSettings(process.env);
const holder = (await whatRuns(home))?.pid ?? (await holderOf(data));
if (holder === undefined) {
  await deleteData(data);
  await deleteCopies();
  await rm(join(home, 'logs'), { recursive: true, force: true });
  console.log(`Deleted ${data}. The next start begins with nothing.`);
} else {
  console.error(`Plaza runs on ${data} (process ${holder}). Stop it first.`);
  process.exitCode = 1;
}
