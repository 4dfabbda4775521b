// `npm run bench -- smoke`: speed, printed and not asserted. Ratios to a floor measured in the same run hold better than
// figures: the machine may be busy with other things.
import { Command } from 'commander';
import { smoke } from './bench/smoke.js';

const benches: Record<string, () => Promise<void>> = { smoke };
const command = new Command('bench').argument('<name>', `one of: ${Object.keys(benches).join(', ')}`).parse();
const [name = ''] = command.args;
const bench = benches[name];

if (bench) await bench();
else command.error(`There is no bench ${name}; there are: ${Object.keys(benches).join(', ')}`);
