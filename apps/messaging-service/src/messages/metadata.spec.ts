import { isMetadata } from './metadata.js';

it.each([[{}], [{ width: 640, tags: ['a', { b: null }] }], [{ a: { b: { c: 1 } } }], [{ text: '$where: it is.' }]])(
  'keeps %j',
  (value) => expect(isMetadata(value)).toBe(true),
);

it.each([
  ['no object', 'text'],
  ['a list', []],
  ['nothing', null],
  ['an operator', { $gt: '' }],
  ['an operator further in', { a: [{ $gt: '' }] }],
  ['a path', { 'a.b': 1 }],
  ['a name with a NUL in it', { a: { 'b\0': 1 } }],
  ['what the driver takes for a type of its own', { a: [{ _bsontype: 'Long' }] }],
  ['five levels', { a: { b: { c: { d: {} } } } }],
  ['more than 4 KB', { text: 'ä'.repeat(2_100) }],
  ['a number without an end', { n: Number.POSITIVE_INFINITY }],
])('refuses %s', (_, value) => expect(isMetadata(value)).toBe(false));
