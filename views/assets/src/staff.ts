// The staff pages work without this script. It keeps a list fresh and lets a
// person go through it by keyboard.

// follow replaces an element with its newer self whenever the stream says that
// something changed. What is fetched is the same page the person may see, so
// the stream itself carries no case.
function follow(element: HTMLElement): void {
  const stream = element.dataset.stream;
  if (!stream || !window.EventSource) return;
  let busy = false;
  let again = false;
  const refresh = async (): Promise<void> => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      await replace(element.id);
    } finally {
      busy = false;
      if (again) {
        again = false;
        void refresh();
      }
    }
  };
  new EventSource(stream).addEventListener(element.dataset.streamEvent || "changed", () => void refresh());
}

async function replace(id: string): Promise<void> {
  const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(id);
  const stale = document.getElementById(id);
  if (!fresh || !stale) return;
  const row = rows().findIndex((r) => r === document.activeElement);
  stale.replaceWith(document.importNode(fresh, true));
  if (row >= 0) focusRow(row);
}

function rows(): HTMLElement[] {
  return Array.from(document.querySelectorAll<HTMLElement>("tr[data-href]"));
}

function focusRow(at: number): void {
  const all = rows();
  const row = all[Math.max(0, Math.min(at, all.length - 1))];
  if (!row) return;
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const here = rows().findIndex((r) => r.contains(document.activeElement));
  if (event.key === "j") focusRow(here + 1);
  else if (event.key === "k") focusRow(here < 0 ? 0 : here - 1);
  else if (event.key === "Enter" && here >= 0 && rows()[here] === document.activeElement) location.href = rows()[here].dataset.href || location.href;
  else if (event.key === "/") {
    const filter = document.querySelector<HTMLElement>("[data-filter]");
    if (!filter) return;
    event.preventDefault();
    (filter.querySelector<HTMLElement>("input, select") || filter).focus();
  }
});

document.querySelectorAll<HTMLElement>("[data-stream][id]").forEach(follow);

// A form with data-key asks a security key: to be made ("create"), or to answer
// ("get"). What the key says goes into the form's own field, and the form is
// sent as any other. Where the browser cannot, the form stays hidden and the
// page's codes do everything.
function raw(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}

function written(bytes: ArrayBuffer | null | undefined): string | undefined {
  if (!bytes) return undefined;
  let text = "";
  new Uint8Array(bytes).forEach((b) => (text += String.fromCharCode(b)));
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

type Listed = { id: string; type: "public-key"; transports?: AuthenticatorTransport[] };

function listed(all: Listed[] | undefined): PublicKeyCredentialDescriptor[] {
  return (all || []).map((k) => ({ ...k, id: raw(k.id) }));
}

async function askKey(kind: string, options: any): Promise<PublicKeyCredential | null> {
  options.challenge = raw(options.challenge);
  if (kind === "create") {
    options.user.id = raw(options.user.id);
    options.excludeCredentials = listed(options.excludeCredentials);
    return (await navigator.credentials.create({ publicKey: options })) as PublicKeyCredential | null;
  }
  options.allowCredentials = listed(options.allowCredentials);
  return (await navigator.credentials.get({ publicKey: options })) as PublicKeyCredential | null;
}

function answered(key: PublicKeyCredential): string {
  const r = key.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  return JSON.stringify({
    id: key.id,
    rawId: written(key.rawId),
    type: key.type,
    response: {
      clientDataJSON: written(r.clientDataJSON),
      attestationObject: written(r.attestationObject),
      authenticatorData: r.attestationObject ? undefined : written(r.authenticatorData),
      signature: written(r.signature),
      userHandle: written(r.userHandle),
    },
    clientExtensionResults: {},
  });
}

function keyForm(form: HTMLFormElement): void {
  const answer = form.elements.namedItem("answer") as HTMLInputElement;
  const failed = form.querySelector<HTMLElement>("[data-key-failed]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (failed) failed.hidden = true;
    try {
      const key = await askKey(form.dataset.key || "get", JSON.parse(form.dataset.options || "{}"));
      if (!key) throw new Error("no key");
      answer.value = answered(key);
      form.submit();
    } catch {
      if (failed) failed.hidden = false;
    }
  });
  form.hidden = false;
  document.querySelectorAll<HTMLElement>("[data-key-without]").forEach((e) => (e.hidden = true));
}

if (window.PublicKeyCredential && navigator.credentials) document.querySelectorAll<HTMLFormElement>("form[data-key]").forEach(keyForm);

// Work that was begun goes on by itself while its page is open.
document.querySelectorAll<HTMLFormElement>("form[data-repeat]").forEach((form) => window.setTimeout(() => form.requestSubmit(), 500));
