// A program that says why it is to stop, for the tests.
import { stopRequested } from '../../src/index.js';

const { reason, cancel } = stopRequested();
process.stdout.write(`${process.pid}\n`);
process.stdout.write(`${await reason}\n`);
cancel();
