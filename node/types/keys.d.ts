import type { Bytes, BytesInput } from './values.js';

/** The digest of a signature. */
export type Digest = 'sha1' | 'sha256';

/** A digest, or `auto` for either. */
export type DigestMode = 'auto' | Digest;

/** A merchant's private key, from `load`, `fromPem` or `external`. Its content never enters JavaScript. */
export class SigningKey {
  private constructor();

  /**
   * Loads `private.pem` with `password.txt` from the folder that AliKassa's archive unpacks to.
   *
   * @throws {KeyLoadError} The key cannot be loaded; `reason` says why.
   */
  static load(folder: string): SigningKey;

  /**
   * Loads a key in PEM format. A Buffer can be overwritten afterwards; a string stays in memory
   * until it is garbage-collected.
   *
   * @param pem The file's content.
   * @param password The password of an encrypted key. The bytes of a `password.txt` work too: if
   * they are not the password, they are tried without a byte-order mark and one line end.
   * @throws {KeyLoadError} The key cannot be loaded; `reason` says why.
   */
  static fromPem(pem: BytesInput | string, password?: BytesInput | string | null): SigningKey;

  /**
   * Makes a key whose private part is in an HSM, a KMS or Vault.
   *
   * @param publicKey The public key of the certificate, or the folder with its `public.pem`. Each
   * signature is verified with it before it is used.
   * @param sign A function that returns the bytes of the RSASSA-PKCS1-v1_5 signature of `message`,
   * without base64, or a promise of them. It runs on this thread. A call waits for it up to its
   * `timeout` and `deadline`.
   * @throws {KeyLoadError} The public key cannot be loaded; `reason` says why.
   * @throws {InvalidArgumentError} `sign` is not a function, or `publicKey` is no key.
   */
  static external(
    publicKey: VerifyingKey | string,
    sign: (message: Bytes, digest: Digest) => Uint8Array | Promise<Uint8Array>,
  ): SigningKey;

  /** The size of the key in bits. */
  readonly bits: number;

  /**
   * Returns the signature of `data` for the header `Sign`: RSASSA-PKCS1-v1_5, in base64.
   *
   * @param options The default of `digest` is `sha1`.
   * @throws {SigningError} The key is external: call its function yourself.
   */
  sign(data: BytesInput | string, options?: { digest?: Digest | null | undefined }): string;
}

/** A public key that verifies signatures, from `load` or `fromPem`. */
export class VerifyingKey {
  private constructor();

  /**
   * Loads `public.pem` from the folder that AliKassa's archive unpacks to.
   *
   * @throws {KeyLoadError} The key cannot be loaded; `reason` says why.
   */
  static load(folder: string): VerifyingKey;

  /**
   * Loads a public key, or the public key of a certificate, in PEM format.
   *
   * @param pem The file's content.
   * @throws {KeyLoadError} The key cannot be loaded; `reason` says why.
   */
  static fromPem(pem: BytesInput | string): VerifyingKey;

  /**
   * Verifies a signature of `data` and returns the digest that matched.
   *
   * @param signature The signature in base64.
   * @param options The default of `digest` is `auto`.
   * @throws {SignatureMismatchError} The signature does not match, or is not valid base64.
   */
  verify(
    data: BytesInput | string,
    signature: string,
    options?: { digest?: DigestMode | null | undefined },
  ): Digest;
}
