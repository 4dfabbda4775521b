import { Marks } from './marks.js';

const at = (userId: string, deliveredSeq: number, readSeq: number) => ({ userId, deliveredSeq, readSeq });
const marksOf = (newest: number) => {
  const marks = new Marks('me');
  if (newest > 0) marks.said(newest);
  return marks;
};

describe('the marks of my newest message', () => {
  it('tell that it was delivered, then that it was read, each once', () => {
    const marks = marksOf(5);
    expect(marks.moved([at('bob', 5, 3)])).toEqual([{ userId: 'bob', state: 'delivered', seq: 5 }]);
    expect(marks.moved([at('bob', 5, 4)])).toEqual([]);
    expect(marks.moved([at('bob', 5, 5)])).toEqual([{ userId: 'bob', state: 'read', seq: 5 }]);
    expect(marks.moved([at('bob', 6, 5)])).toEqual([]);
  });

  it('tell of everybody but me', () => {
    expect(marksOf(5).moved([at('me', 5, 5), at('bob', 4, 4), at('carol', 9, 9)])).toEqual([
      { userId: 'carol', state: 'read', seq: 5 },
    ]);
  });

  it('begin anew with the next one', () => {
    const marks = marksOf(5);
    marks.moved([at('bob', 5, 5)]);
    marks.said(6);
    marks.said(4);
    expect(marks.moved([at('bob', 6, 5)])).toEqual([{ userId: 'bob', state: 'delivered', seq: 6 }]);
  });

  it('are none while I have said nothing', () => {
    expect(marksOf(0).moved([at('bob', 5, 5)])).toEqual([]);
  });
});
