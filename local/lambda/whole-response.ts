/**
 * An answer whose body is here already. It is handed over as it is, without the stream that a Response makes of every body, which costs ten
 * times what it carries; so it can be read whole only.
 */
export class WholeResponse extends Response {
  #whole: Uint8Array | string | null

  constructor(whole: Uint8Array | string, init: ResponseInit) {
    super(null, init)
    this.#whole = whole
  }

  #take(): Uint8Array | string {
    if (this.#whole === null) throw new TypeError('Body is unusable: Body has already been read')
    const whole = this.#whole
    this.#whole = null
    return whole
  }

  override async text(): Promise<string> {
    const whole = this.#take()
    return typeof whole === 'string' ? whole : new TextDecoder().decode(whole)
  }

  override async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(Buffer.from(this.#take()))
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  override async blob(): Promise<Blob> {
    return new Blob([await this.bytes()])
  }

  override clone(): Response {
    const whole = this.#take()
    this.#whole = whole
    return new WholeResponse(whole, this)
  }

  override get bodyUsed(): boolean {
    return this.#whole === null
  }

  override get body(): never {
    throw new TypeError('this answer came whole: read it with text(), json(), bytes() or arrayBuffer()')
  }
}
