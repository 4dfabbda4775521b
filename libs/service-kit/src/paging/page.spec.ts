import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { mapPage, PageQuery, page } from './page.js';

describe('page', () => {
  it('points behind its last row when there are more', () => {
    expect(page([1, 2, 3], 2, String)).toEqual({ items: [1, 2], nextCursor: '2' });
  });

  it('is the last one when there are no more', () => {
    expect(page([1, 2], 2, String)).toEqual({ items: [1, 2], nextCursor: null });
    expect(page([], 2, String)).toEqual({ items: [], nextCursor: null });
  });

  it('shows its items as something else', () => {
    expect(mapPage(page([1, 2, 3], 2, String), (n) => `#${n}`)).toEqual({ items: ['#1', '#2'], nextCursor: '2' });
  });
});

describe('PageQuery', () => {
  function read(query: object): PageQuery {
    return plainToInstance(PageQuery, query);
  }

  it('asks for 20 unless told', () => {
    expect(read({}).limit).toBe(20);
    expect(validateSync(read({}))).toEqual([]);
  });

  it.each(['1', '100'])('takes a limit of %s', (limit) => {
    expect(validateSync(read({ limit }))).toEqual([]);
    expect(read({ limit }).limit).toBe(Number(limit));
  });

  it.each(['0', '101', '-1', '1.5', '', 'all', '0x10', '1e1', ' 5'])('refuses a limit of %p', (limit) => {
    expect(validateSync(read({ limit }))).toHaveLength(1);
  });

  it('refuses a limit or a cursor that is given twice', () => {
    expect(validateSync(read({ limit: ['1', '2'], cursor: ['a', 'b'] }))).toHaveLength(2);
  });
});
