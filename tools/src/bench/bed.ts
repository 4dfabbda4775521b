import { type Platform, type Servers, startPlatform, type Topology } from '@plaza/e2e';
import { startStack } from '@plaza/embedded';

export const ROUNDS = [1, 2, 3];
/** Of load, per round. */
export const SECONDS = 5;

const UNLIMITED = '100000000';
const RATES = {
  PLAZA_RATE_USER_PER_MINUTE: UNLIMITED,
  PLAZA_RATE_IP_PER_MINUTE: UNLIMITED,
  PLAZA_RATE_SIGN_IN_PER_MINUTE: UNLIMITED,
};

/** Measures on a platform and servers of its own, which are gone afterwards. */
export async function onPlatform(
  topology: Topology,
  measure: (platform: Platform, servers: Servers) => Promise<void>,
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const stack = await startStack({ parts: ['postgres', 'kafka', 'mongodb'] });
  try {
    const platform = await startPlatform(topology, stack.urls, { ...RATES, ...env });
    try {
      await measure(platform, stack.urls);
    } finally {
      await platform.stop();
    }
  } finally {
    await stack.stop();
  }
}

/** Gives 0, 1, 2 ... */
export function counter(): () => number {
  let next = 0;
  return () => next++;
}

/** The item at the index, beginning again behind the last. */
export function at<T>(items: T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
