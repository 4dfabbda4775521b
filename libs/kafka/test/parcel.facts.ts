import { Fact } from '@plaza/contracts';
import { IsInt, IsString } from 'class-validator';

const key = (fact: { parcel: string }): string => fact.parcel;

/** A happening, for the tests of consumers. */
@Fact<ParcelMoved>({ type: 'parcel.moved', topic: 'parcel', kind: 'stream', producer: 'post-service', key })
export class ParcelMoved {
  @IsString() parcel: string;
  @IsInt() step: number;
}

/** Another one of the same topic. */
@Fact<ParcelLost>({ type: 'parcel.lost', topic: 'parcel', kind: 'stream', producer: 'post-service', key })
export class ParcelLost {
  @IsString() parcel: string;
  @IsInt() step: number;
}

/** A state. */
@Fact<ShelfFilled>({ type: 'shelf.filled', topic: 'shelf', kind: 'state', producer: 'post-service', key })
export class ShelfFilled {
  @IsString() parcel: string;
  @IsInt() step: number;
}
