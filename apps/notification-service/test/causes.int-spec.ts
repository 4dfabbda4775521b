import type { NotificationType } from '@plaza/contracts';
import {
  commented,
  commentLiked,
  commentOf,
  commentUnliked,
  deleted,
  followed,
  liked,
  mentioned,
  NotificationsUnderTest,
  ordersOf,
  postOf,
  requested,
  shared,
  someone,
  uncommented,
  unfollowed,
  unliked,
  unmentioned,
} from './under-test.js';

/** What an actor does to a recipient: done, undone, and done again where that is the same cause anew. */
type Cause = { done: object; undone: object; again?: object };
type Kind = [name: string, type: NotificationType, cause: (actor: string, recipient: string) => Cause];

const KINDS: Kind[] = [
  ['a follow', 'FOLLOW', (by, of) => twice(() => followed(by, of), unfollowed(by, of))],
  ['a request to follow', 'FOLLOW_REQUEST', (by, of) => twice(() => requested(by, of), unfollowed(by, of))],
  [
    'a like of a post',
    'LIKE',
    (by, of) => {
      const post = postOf(of);
      return twice(() => liked(by, post), unliked(by, post));
    },
  ],
  [
    'a like of a comment',
    'LIKE',
    (by, of) => {
      const comment = commentOf(of, postOf(someone()));
      return twice(() => commentLiked(by, comment), commentUnliked(by, comment));
    },
  ],
  [
    'a mention in a post',
    'MENTION',
    (by, of) => {
      const post = postOf(by);
      return twice(() => mentioned(of, post), unmentioned(of, post));
    },
  ],
  [
    'a mention in a comment',
    'MENTION',
    (by, of) => {
      const comment = commentOf(by, postOf(someone()));
      return twice(() => mentioned(of, comment), unmentioned(of, comment));
    },
  ],
  [
    'a share',
    'SHARE',
    (by, of) => {
      const [original, first, second] = [postOf(of), postOf(by), postOf(by)];
      return {
        ...{ done: shared(first, original), undone: deleted(first, original), again: shared(second, original) },
      };
    },
  ],
  [
    'a quote',
    'SHARE',
    (by, of) => {
      const [original, quote] = [postOf(of), postOf(by)];
      return { done: shared(quote, original, 'Look at this.'), undone: deleted(quote, original) };
    },
  ],
  [
    'a comment',
    'COMMENT',
    (by, of) => {
      const comment = commentOf(by, postOf(of));
      return { done: commented(comment), undone: uncommented(comment) };
    },
  ],
  [
    'a reply',
    'REPLY',
    (by, of) => {
      const parent = commentOf(of, postOf(by));
      const reply = commentOf(by, parent.post);
      return { done: commented(reply, parent), undone: uncommented(reply, parent) };
    },
  ],
];

function twice(done: () => object, undone: object): Cause {
  return { done: done(), undone, again: done() };
}

let its: NotificationsUnderTest;

beforeAll(async () => {
  its = await NotificationsUnderTest.start();
});
afterAll(() => its?.stop());

/** Publishes the first facts of all sequences, lets them be applied, then the second ones ... */
async function inSteps(sequences: Array<Array<{ fact: object; version: number }>>): Promise<void> {
  for (let step = 0; sequences.some((sequence) => step < sequence.length); step += 1) {
    for (const { fact, version } of sequences.flatMap((sequence) => sequence[step] ?? [])) {
      await its.service.publish(fact, { version });
    }
    await its.service.settle();
  }
}

describe.each(KINDS)('%s', (_, type, cause) => {
  it('is told once, and its undoing takes that back', async () => {
    const [actor, recipient] = [someone(), someone()];
    const { done, undone } = cause(actor, recipient);
    await its.tell(done);
    expect(await its.only(recipient)).toMatchObject({ type, sender: { id: actor }, senderCount: 1, readAt: null });
    await its.tell(undone);
    expect(await its.list(recipient)).toEqual({ items: [], nextCursor: null });
    expect(await its.factTypes(recipient)).toEqual(['created', 'withdrawn']);
  });

  it('is not told again by a duplicate', async () => {
    const recipient = someone();
    const { done } = cause(someone(), recipient);
    const envelope = { version: its.next(), id: someone() };
    await its.service.publish(done, envelope);
    await its.service.publish(done, envelope);
    await its.service.settle();
    await its.service.publish(done, envelope);
    await its.service.settle();
    expect(await its.told(recipient)).toEqual({ [type]: 1 });
    expect(await its.factTypes(recipient)).toEqual(['created']);
  });

  it('is not revived by an older version', async () => {
    const recipient = someone();
    const { done, undone } = cause(someone(), recipient);
    await inSteps([
      [
        { fact: done, version: 1 },
        { fact: undone, version: 3 },
        { fact: done, version: 2 },
      ],
    ]);
    expect(await its.told(recipient)).toEqual({});
    expect(await its.factTypes(recipient)).toEqual(['created', 'withdrawn']);
  });

  it('is not told when its undoing comes first', async () => {
    const recipient = someone();
    const { done, undone } = cause(someone(), recipient);
    await inSteps([
      [
        { fact: undone, version: 2 },
        { fact: done, version: 1 },
      ],
    ]);
    expect(await its.factTypes(recipient)).toEqual([]);
  });

  it('ends right when it is done, undone and done again, in every order, in steps and in one go', async () => {
    const sequences = [1, 2].map(() => {
      const recipients: string[] = [];
      const orders = ordersOf([1, 2, 3]).map((order) => {
        const recipient = someone();
        recipients.push(recipient);
        const { done, undone, again } = cause(someone(), recipient);
        const facts = [
          { fact: done, version: 1 },
          { fact: undone, version: 2 },
          ...(again ? [{ fact: again, version: 3 }] : []),
        ];
        return order.flatMap((version) => facts.filter((one) => one.version === version));
      });
      return { recipients, orders };
    });
    const [stepwise, atOnce] = sequences;
    await inSteps(stepwise?.orders ?? []);
    for (const { fact, version } of atOnce?.orders.flat() ?? []) await its.service.publish(fact, { version });
    await its.service.settle();
    const expected = 'again' in cause(someone(), someone()) ? { [type]: 1 } : {};
    for (const recipient of sequences.flatMap(({ recipients }) => recipients)) {
      expect(await its.told(recipient)).toEqual(expected);
    }
  });

  it('is not told to the one who does it', async () => {
    const oneself = someone();
    await its.tell(cause(oneself, oneself).done);
    expect(await its.factTypes(oneself)).toEqual([]);
  });

  it('once it was read is left alone when undone, and not told anew when done again', async () => {
    const recipient = someone();
    const { done, undone, again = done } = cause(someone(), recipient);
    await its.tell(done);
    const { id } = await its.only(recipient);
    expect(await its.read(recipient, id)).toBe(204);
    await its.tell(undone);
    await its.tell(again);
    expect((await its.only(recipient)).id).toBe(id);
    expect(await its.unreadCount(recipient)).toBe(0);
    expect(await its.factTypes(recipient)).toEqual(['created', 'read']);
  });
});
