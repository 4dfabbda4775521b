import { Fact } from '@plaza/contracts';
import { IsInt, IsString } from 'class-validator';

const key = (fact: NoteWritten | NoteKept): string => fact.note;

/** A happening, for the tests of the outbox. */
@Fact<NoteWritten>({ type: 'note.written', topic: 'note', kind: 'stream', producer: 'post-service', key })
export class NoteWritten {
  @IsString() note: string;
  @IsInt() number: number;
  @IsString() text: string;
}

/** A state, which the table `notes` holds. */
@Fact<NoteKept>({ type: 'kept-note', topic: 'kept-note', kind: 'state', producer: 'post-service', key })
export class NoteKept {
  @IsString() note: string;
  @IsInt() number: number;
}
