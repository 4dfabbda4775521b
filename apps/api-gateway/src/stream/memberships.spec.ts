import { Memberships } from './memberships.js';

const ALICE = 'alice';
const ROOM = 'room';
const ever = Number.POSITIVE_INFINITY;

const joins = (version: number, ...joined: string[]) => ({ audienceId: ROOM, version, joined, left: [] });
const leaves = (version: number, ...left: string[]) => ({ audienceId: ROOM, version, joined: [], left });
const listed = (joinedVersion: number, leftVersion: number | null = null) => ({
  conversationId: ROOM,
  joinedVersion,
  leftVersion,
});
const seen = (memberships: Memberships, versions = 40) =>
  Array.from({ length: versions }, (_, version) => version).filter((version) => memberships.includes(ROOM, version));
const range = (from: number, until: number) => Array.from({ length: until - from + 1 }, (_, index) => from + index);

describe('the memberships of a user', () => {
  it('go from the frame of the joining to that of the leaving', () => {
    const memberships = new Memberships(ALICE, [listed(5, 10)]);
    expect(seen(memberships)).toEqual(range(5, 10));
    expect(memberships.includes('another room', 7)).toBe(false);
  });

  it('show nothing of what is older than they are, though it is told of later', () => {
    const memberships = new Memberships(ALICE, [listed(5, 10)]);
    expect([4, 5, 8].map((asOf) => memberships.includes(ROOM, 8, asOf))).toEqual([false, true, true]);
    expect(memberships.includes(ROOM, 12, 8)).toBe(false);
  });

  it('last until the frame of the leaving is met, though the list knows of it already', () => {
    const memberships = new Memberships(ALICE, [listed(5, 10)]);
    expect([...memberships.lasting()]).toMatchObject([[ROOM, [{ from: 5, until: 10 }]]]);
    memberships.learn(leaves(10, ALICE));
    expect([...memberships.lasting()]).toEqual([]);
    expect(seen(memberships)).toEqual(range(5, 10));
  });

  it('are learned from frames that are newer than the list', () => {
    const memberships = new Memberships(ALICE);
    for (const change of [joins(5, ALICE, 'bob'), leaves(8, 'bob'), leaves(10, ALICE), joins(20, ALICE)]) {
      memberships.learn(change);
    }
    expect(seen(memberships, 22)).toEqual([...range(5, 10), 20, 21]);
    expect([...memberships.lasting()]).toMatchObject([[ROOM, [{ from: 20, until: ever }]]]);
  });

  it('may be several of one conversation, whose frames are still on their way', () => {
    const memberships = new Memberships(ALICE, [listed(5, 10), listed(20)]);
    expect([...memberships.lasting()]).toMatchObject([
      [
        ROOM,
        [
          { from: 5, until: 10 },
          { from: 20, until: ever },
        ],
      ],
    ]);
    memberships.learn(leaves(10, ALICE));
    memberships.learn(joins(20, ALICE));
    expect([...memberships.lasting()]).toMatchObject([[ROOM, [{ from: 20, until: ever }]]]);
    expect(seen(memberships, 22)).toEqual([...range(5, 10), 20, 21]);
  });

  it('were there before a leaving that nobody had told of', () => {
    const memberships = new Memberships(ALICE);
    memberships.learn(leaves(10, ALICE));
    expect(seen(memberships)).toEqual(range(0, 10));
    expect([...memberships.lasting()]).toEqual([]);
  });

  it('are the same when changes are met twice', () => {
    const memberships = new Memberships(ALICE, [listed(5)]);
    for (const change of [joins(5, ALICE), leaves(10, ALICE), joins(5, ALICE), leaves(10, ALICE)]) {
      memberships.learn(change);
    }
    expect(seen(memberships)).toEqual(range(5, 10));
  });

  it('are nothing that others do', () => {
    const memberships = new Memberships(ALICE, [listed(5)]);
    memberships.learn(leaves(10, 'bob'));
    memberships.learn(joins(12, 'carol'));
    expect(seen(memberships, 14)).toEqual(range(5, 13));
  });
});
