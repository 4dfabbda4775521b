// A consumer in a process of its own, for tests that kill it. It is told everything by its environment, says READY on its
// output, and after that a line for each fact that it has begun to apply.
import type { FactContext } from '../src/consumer/context.js';
import { apply, poolOf, startInstance } from './consumer-bed.js';
import type { ParcelMoved } from './parcel.facts.js';

const settings = JSON.parse(process.env.KAFKA_SETTINGS ?? '{}');
const options = JSON.parse(process.env.CONSUMER ?? '{}');
const handler = async (fact: ParcelMoved, context: FactContext): Promise<void> => {
  await apply(options.consumer, fact, context);
  process.stdout.write(`${fact.parcel} ${fact.step}\n`);
};
await startInstance(await poolOf(process.env.DATABASE_URL ?? ''), settings, [[options, 'parcel.moved', handler]]);
process.stdout.write('READY\n');
