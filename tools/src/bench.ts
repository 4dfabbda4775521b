// `npm run bench -- smoke`: speed, printed and not asserted. Ratios to a floor measured in the same run hold better than
// figures: the machine may be busy with other things.
import { Command } from 'commander';
import { chat } from './bench/chat.js';
import { feed } from './bench/feed.js';
import { smoke } from './bench/smoke.js';

const benches: Record<string, Record<string, () => Promise<void>>> = { chat, feed, smoke };
const command = new Command('bench')
  .argument('<name>', `one of: ${Object.keys(benches).join(', ')}`)
  .option('--only <part>', 'one of its parts')
  .parse();
const [name = ''] = command.args;
const parts = benches[name] ?? {};
const { only } = command.opts<{ only?: string }>();
const chosen = Object.entries(parts).filter(([part]) => only === undefined || part === only);

for (const [, measure] of chosen) await measure();
if (chosen.length === 0) {
  console.error(`Not known: ${[name, only].join(' ')}. There is: ${Object.entries(benches).map(describe).join('; ')}`);
  process.exitCode = 1;
}

function describe([bench, its]: [string, object]): string {
  return `${bench} (--only ${Object.keys(its).join(' | ')})`;
}
