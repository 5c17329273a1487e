/** Fills in forms that an authenticator answers, and sends them. What goes wrong stands in the form. */
export function enablePasskeys(form: HTMLFormElement): void {
  form.addEventListener('submit', async (event) => {
    const field = form.elements.namedItem('answer');
    if (!(field instanceof HTMLInputElement) || field.value !== '') return;
    event.preventDefault();
    const wrong = form.querySelector<HTMLElement>('[role=alert]');
    try {
      field.value = JSON.stringify(await answerTo(form));
      form.submit();
    } catch (cause) {
      if (!wrong) return;
      wrong.hidden = false;
      wrong.textContent = wordsOf(cause);
    }
  });
}

type Descriptor = { readonly id: string; readonly type: 'public-key'; readonly transports?: AuthenticatorTransport[] };
/** WebAuthn's JSON (Level 3, 5.1.8 and 5.1.9), of which browsers before 2025 do not read and write all themselves. */
type Options = {
  readonly challenge: string;
  readonly user?: { readonly id: string };
  readonly excludeCredentials?: readonly Descriptor[];
  readonly allowCredentials?: readonly Descriptor[];
};

async function answerTo(form: HTMLFormElement): Promise<object> {
  const options = JSON.parse(form.dataset.options ?? '{}') as Options;
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytesOf(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: options.excludeCredentials.map(described) }),
    ...(options.allowCredentials && { allowCredentials: options.allowCredentials.map(described) }),
  };
  const credential =
    form.dataset.passkey === 'create'
      ? await navigator.credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions })
      : await navigator.credentials.get({ publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions });
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no passkey');
  return { id: credential.id, rawId: credential.id, type: credential.type, response: responseOf(credential.response) };
}

function responseOf(response: AuthenticatorResponse): object {
  const clientDataJSON = textOf(response.clientDataJSON);
  if (response instanceof AuthenticatorAttestationResponse)
    return {
      clientDataJSON,
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    };
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new Error('no passkey');
  return {
    clientDataJSON,
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    userHandle: response.userHandle && textOf(response.userHandle),
  };
}

const described = (descriptor: Descriptor) => ({ ...descriptor, id: bytesOf(descriptor.id) });

function bytesOf(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function wordsOf(cause: unknown): string {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'InvalidStateError') return 'This authenticator has a passkey for you already.';
  if (name === 'NotAllowedError') return 'It was called off, or there is no passkey for this instance.';
  return 'This browser cannot use passkeys here.';
}
