import { COMMAND_ID_LENGTH, readCommandFrame } from './command-frame.js';

describe("a client's frame", () => {
  it('has id, type and data', () => {
    const frame = { id: 'a', type: 'ping', data: { n: 1 } };
    expect(readCommandFrame(JSON.stringify(frame))).toEqual(frame);
  });

  it('may go without data', () => {
    expect(readCommandFrame('{"id":"a","type":"ping"}')).toEqual({ id: 'a', type: 'ping', data: {} });
  });

  it.each(['', '{', 'null', '1', '"text"', '[]', '[{"id":"a"}]'])('is an object: %s', (text) => {
    expect(readCommandFrame(text)).toEqual({ re: null, problem: 'A frame is a JSON object.' });
  });

  it.each([undefined, null, 7, '', 'x'.repeat(COMMAND_ID_LENGTH + 1)])('has an id to be answered by: %s', (id) => {
    const text = JSON.stringify({ id, type: 'ping' });
    expect(readCommandFrame(text)).toEqual({ re: null, problem: expect.stringContaining('has an id') });
  });

  it.each([
    ['no type', {}],
    ['a type that is no text', { type: 7 }],
    ['data that is no object', { type: 'ping', data: [] }],
    ['null for data', { type: 'ping', data: null }],
    ['a field too many', { type: 'ping', extra: 1 }],
  ])('is refused by its id with %s', (_, rest) => {
    expect(readCommandFrame(JSON.stringify({ id: 'a', ...rest }))).toEqual({ re: 'a', problem: expect.any(String) });
  });

  it('has no prototype to set', () => {
    const frame = readCommandFrame('{"id":"a","type":"ping","data":{"__proto__":{"admin":true}}}');
    expect((frame as { data: { admin?: boolean } }).data.admin).toBeUndefined();
  });
});
