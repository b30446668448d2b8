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

// Work that was begun goes on by itself while its page is open.
document.querySelectorAll<HTMLFormElement>("form[data-repeat]").forEach((form) => window.setTimeout(() => form.requestSubmit(), 500));
