import { databaseIn, withDatabase } from './mongo-url.js';

describe('a URL of MongoDB', () => {
  it.each([
    ['mongodb://127.0.0.1:27017', 'mongodb://127.0.0.1:27017/chat'],
    ['mongodb://a:1,b:2,c:3/?replicaSet=plaza', 'mongodb://a:1,b:2,c:3/chat?replicaSet=plaza'],
    ['mongodb+srv://cluster.example.org/other?w=1', 'mongodb+srv://cluster.example.org/chat?w=1'],
  ])('is pointed at another database: %s', (url, expected) => {
    expect(withDatabase(url, 'chat')).toBe(expected);
  });

  it.each([
    ['mongodb://me:secret@a:1', 'mongodb://me:secret@a:1/chat?authSource=admin'],
    ['mongodb://me:secret@a:1/users?tls=true', 'mongodb://me:secret@a:1/chat?tls=true&authSource=users'],
    ['mongodb://me:secret@a:1/?authSource=people', 'mongodb://me:secret@a:1/chat?authSource=people'],
  ])('goes on naming where its user is known: %s', (url, expected) => {
    expect(withDatabase(url, 'chat')).toBe(expected);
  });

  it('names a database or none', () => {
    expect(databaseIn('mongodb://a:1/chat?replicaSet=plaza')).toBe('chat');
    expect(databaseIn('mongodb://a:1/?replicaSet=plaza')).toBeUndefined();
    expect(databaseIn('mongodb://a:1')).toBeUndefined();
  });
});
