/** That an author's posts belong in a reader's home feed. */
export interface Reading {
  readerId: string;
  authorId: string;
}
