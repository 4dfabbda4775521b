import './user.facts.js';
import { type FactEnvelope, factHeaders, readHeaders } from './envelope.js';
import { FactUnreadable } from './errors.js';

const envelope: FactEnvelope = {
  id: '0191d2a4-7c1e-7a51-8a10-3c1f54a0b001',
  type: 'user.created',
  key: '0191d2a4-7c1e-7a51-8a10-3c1f54a0b002',
  time: new Date('2026-11-21T12:00:00.123Z'),
  version: 42,
  snapshot: false,
  traceparent: undefined,
};

it('writes CloudEvents headers in the Kafka binary binding', () => {
  expect(factHeaders(envelope, 'user-service')).toEqual({
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: envelope.id,
    ce_source: 'urn:plaza:user-service',
    ce_type: 'user.created',
    ce_subject: envelope.key,
    ce_time: '2026-11-21T12:00:00.123Z',
    ce_dataschema: 'urn:plaza:fact:user.created',
    ce_version: '42',
  });
});

it.each([
  envelope,
  { ...envelope, snapshot: true, traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
])('reads back what it wrote, from buffers as Kafka gives them', (written) => {
  const headers = Object.entries(factHeaders(written, 'user-service')).map(([name, value]) => [
    name,
    Buffer.from(value),
  ]);
  expect(readHeaders(Object.fromEntries(headers))).toEqual(written);
});

it.each(['ce_id', 'ce_type', 'ce_subject', 'ce_time', 'ce_version'])('refuses an envelope without %s', (name) => {
  const headers = { ...factHeaders(envelope, 'user-service'), [name]: undefined };
  expect(() => readHeaders(headers)).toThrow(new FactUnreadable(`Header ${name} is missing`));
});

it('refuses a version or a time that is none, and no headers at all', () => {
  const headers = factHeaders(envelope, 'user-service');
  expect(() => readHeaders({ ...headers, ce_version: 'new' })).toThrow(FactUnreadable);
  expect(() => readHeaders({ ...headers, ce_time: 'now' })).toThrow(FactUnreadable);
  expect(() => readHeaders(undefined)).toThrow(FactUnreadable);
});
