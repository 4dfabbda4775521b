import { createRequire } from 'node:module';
import { type Encoder, writeVarintsInPlace } from './kafkajs-varints.js';

interface VarintEncoder extends Encoder {
  buffer: Buffer;
  writeVarInt(value: number): this;
  writeVarIntString(value: string): this;
}

const KafkaEncoder: new (size?: number) => VarintEncoder = createRequire(import.meta.url)(
  'kafkajs/src/protocol/encoder',
);

class PatchedEncoder extends KafkaEncoder {}
writeVarintsInPlace(PatchedEncoder);

const numbers = [0, 1, 63, 64, 127, 128, 300, 8_191, 8_192, 65_536, 2 ** 21, 2 ** 28, 2 ** 31 - 1];

test.each(numbers)('writes %d as kafkajs does, and its negative', (number) => {
  const write = (encoder: VarintEncoder): Buffer =>
    encoder.writeUVarInt(number).writeVarInt(number).writeVarInt(-number).buffer;
  expect(write(new PatchedEncoder())).toEqual(write(new KafkaEncoder()));
});

test('makes room where the buffer is full', () => {
  const write = (encoder: VarintEncoder): Buffer => {
    for (const number of numbers) encoder.writeVarIntString('x'.repeat(number % 50)).writeUVarInt(number);
    return encoder.buffer;
  };
  expect(write(new PatchedEncoder(1))).toEqual(write(new KafkaEncoder(1)));
});
