import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { deriveKey } from './derive-key.js';

const FORMAT = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A sealed text is damaged, was sealed for another purpose, or by a key that is no longer listed. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/**
 * Encrypts what a database should not show (AES-256-GCM). The sealed text names its key, so that keys can be rotated:
 * the first of the list seals, all of them open.
 */
export class SecretBox {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly sealingKeyId: string;

  /**
   * @param masters master secrets, the newest first; each is stretched by HKDF
   * @param purpose separates the keys of one use from those of another: what was sealed for one opens for no other
   */
  constructor(
    masters: readonly (Buffer | string)[],
    private readonly purpose: string,
  ) {
    const keys = masters.map((master) => deriveKey(master, `secret-box:${purpose}`));
    const [first] = keys;
    if (!first) throw new Error('a SecretBox needs at least one master key');
    this.keys = new Map(keys.map((key) => [keyId(key), key]));
    this.sealingKeyId = keyId(first);
  }

  /** Gives a printable text that only a box with the same master and purpose opens; different each time. */
  seal(plain: Buffer | string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keyOf(this.sealingKeyId), iv);
    cipher.setAAD(this.boundTo(this.sealingKeyId));
    const body = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return `${FORMAT}.${this.sealingKeyId}.${body.toString('base64url')}`;
  }

  /** Gives back what was sealed. @throws SealBroken */
  open(sealed: string): Buffer {
    const [format, id, text, ...rest] = sealed.split('.');
    if (format !== FORMAT || !id || !text || rest.length > 0) throw new SealBroken('this is not a sealed text');
    const body = Buffer.from(text, 'base64url');
    if (body.length < IV_BYTES + TAG_BYTES) throw new SealBroken('the sealed text is cut off');
    const decipher = createDecipheriv('aes-256-gcm', this.keyOf(id), body.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(this.boundTo(id));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(body.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch (error) {
      throw new SealBroken('the sealed text was changed, or sealed for another purpose', { cause: error });
    }
  }

  /** True when a newer key than the one it was sealed with is first in the list: seal it again at the next occasion. */
  isOutdated(sealed: string): boolean {
    return sealed.split('.')[1] !== this.sealingKeyId;
  }

  private keyOf(id: string): Buffer {
    const key = this.keys.get(id);
    if (!key) throw new SealBroken(`no key ${id} among the ${this.keys.size} that are listed`);
    return key;
  }

  private boundTo(id: string): Buffer {
    return Buffer.from(`${FORMAT}.${id}.${this.purpose}`);
  }
}

function keyId(key: Buffer): string {
  return createHash('sha256').update('plaza key id').update(key).digest('hex').slice(0, 8);
}
