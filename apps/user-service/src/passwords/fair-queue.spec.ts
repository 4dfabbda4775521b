import { FairQueue } from './fair-queue.js';

class Refused extends Error {}

/** A queue whose jobs end when they are told to. */
function controlledQueue(capacity: number) {
  const queue = new FairQueue<string>(capacity, () => new Refused());
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (owner: string, name: string) =>
    queue.run(owner, () => {
      started.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { queue, run, end, started };
}

describe('FairQueue', () => {
  it('runs one job at a time, in order', async () => {
    const { run, end, started } = controlledQueue(5);
    const jobs = [run('alice', 'a1'), run('alice', 'a2')];
    expect(started).toEqual(['a1']);
    await end('a1');
    expect(started).toEqual(['a1', 'a2']);
    await end('a2');
    await expect(Promise.all(jobs)).resolves.toEqual(['a1', 'a2']);
  });

  it('lets owners take turns', async () => {
    const { run, end, started } = controlledQueue(5);
    for (const name of ['a1', 'a2', 'a3']) void run('alice', name);
    void run('bob', 'b1');
    await end('a1');
    await end('a2');
    await end('b1');
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('refuses more than it holds from one owner', async () => {
    const { queue, run } = controlledQueue(2);
    for (const name of ['a1', 'a2', 'a3']) void run('alice', name);
    expect(queue.isFullFor('alice')).toBe(true);
    await expect(run('alice', 'a4')).rejects.toThrow(Refused);
  });

  it('takes in another owner in place of the last of who waits most', async () => {
    const { run, end, started } = controlledQueue(2);
    void run('alice', 'a1');
    void run('alice', 'a2');
    const last = run('alice', 'a3');
    void run('bob', 'b1');
    await expect(last).rejects.toThrow(Refused);
    await end('a1');
    await end('a2');
    expect(started).toEqual(['a1', 'a2', 'b1']);
  });

  it('goes on after a job that failed', async () => {
    const { queue } = controlledQueue(2);
    const failed = queue.run('alice', () => Promise.reject(new Error('broken')));
    await expect(failed).rejects.toThrow('broken');
    await expect(queue.run('alice', () => Promise.resolve('fine'))).resolves.toBe('fine');
  });
});
