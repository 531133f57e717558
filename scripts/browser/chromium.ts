/**
 * chromium: a browser without a window, for tests of pages: how wide they are, what they load, how they look.
 *
 * Driven by the DevTools protocol over a socket on loopback, with a profile of its own that is removed. Never used by
 * the program; a machine without Chromium has no such test. One page at a time.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type View = {
  readonly width: number;
  readonly scheme: "light" | "dark";
  readonly media: "screen" | "print";
};

export type Browser = {
  /** Shows a page of this HTML in a view; nothing of it runs. */
  show(html: string, view: View): Promise<void>;
  /** The value of an expression in the page, as JSON. */
  ask<T>(expression: string): Promise<T>;
  /** A PNG of the whole page. */
  picture(): Promise<Uint8Array>;
  /** A PDF, A4. */
  paper(): Promise<Uint8Array>;
  /** What the page asked for beside itself, and what its policy refused. */
  readonly complaints: readonly string[];
  press(key: "Tab" | "Enter"): Promise<void>;
  close(): Promise<void>;
};

/** null where there is none. */
export function findChromium(): string | null {
  return Bun.which("chromium") ?? Bun.which("chromium-browser");
}

/** Not how long it takes, but when to give up: beside other tests it may wait long for its turn. */
const STARTS_WITHIN_MS = 25_000;
const LONGEST_HEIGHT = 16_000;

export async function openChromium(program: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "cutter-chromium-"));
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"];
  const places = [`--user-data-dir=${profile}`, "--remote-debugging-port=0", "about:blank"];
  const child = Bun.spawn([program, ...flags, ...places], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const socket = await connect(await portOf(profile));
  const wire = speak(socket);
  const { targetId } = await wire.call<{ targetId: string }>("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await wire.call<{ sessionId: string }>("Target.attachToTarget", { targetId, flatten: true });
  const page = <T>(method: string, parameters: object = {}): Promise<T> => wire.call<T>(method, parameters, sessionId);
  for (const domain of ["Page", "Runtime", "Network", "Log"]) await page(`${domain}.enable`);
  return {
    complaints: wire.complaints,
    show: async (html, view) => {
      await emulate(page, view);
      const file = join(profile, "page.html");
      writeFileSync(file, html);
      const loaded = wire.next("Page.loadEventFired");
      await page("Page.navigate", { url: `file://${file}` });
      await loaded;
    },
    async ask<T>(expression: string) {
      const answer = await page<{ result: { value: T } }>("Runtime.evaluate", { expression, returnByValue: true });
      return answer.result.value;
    },
    async picture() {
      const { cssContentSize } = await page<{ cssContentSize: { width: number; height: number } }>(
        "Page.getLayoutMetrics",
      );
      const height = Math.min(cssContentSize.height, LONGEST_HEIGHT);
      const clip = { x: 0, y: 0, width: cssContentSize.width, height, scale: 1 };
      return decoded(await page("Page.captureScreenshot", { captureBeyondViewport: true, clip }));
    },
    paper: async () =>
      decoded(await page("Page.printToPDF", { paperWidth: 8.27, paperHeight: 11.69, printBackground: false })),
    async press(key) {
      const code = key === "Tab" ? 9 : 13;
      const event = { key, code: key, windowsVirtualKeyCode: code, ...(key === "Enter" ? { text: "\r" } : {}) };
      await page("Input.dispatchKeyEvent", { type: key === "Enter" ? "keyDown" : "rawKeyDown", ...event });
      await page("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    },
    async close() {
      socket.close();
      child.kill("SIGTERM");
      await child.exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Page = <T>(method: string, parameters?: object) => Promise<T>;

async function emulate(page: Page, { width, scheme, media }: View): Promise<void> {
  const device = { width, height: 800, deviceScaleFactor: 1, mobile: width < 600 };
  await page("Emulation.setDeviceMetricsOverride", device);
  const features = [{ name: "prefers-color-scheme", value: scheme }];
  await page("Emulation.setEmulatedMedia", { media, features });
}

function decoded({ data }: { readonly data: string }): Uint8Array {
  return Buffer.from(data, "base64");
}

/** It writes its port into a file when it listens. */
async function portOf(profile: string): Promise<string> {
  const file = join(profile, "DevToolsActivePort");
  for (const deadline = Date.now() + STARTS_WITHIN_MS; Date.now() < deadline; await Bun.sleep(20)) {
    const [port, path] = (await Bun.file(file).exists()) ? readFileSync(file, "utf8").split("\n") : [];
    if (port !== undefined && path !== undefined) return `ws://127.0.0.1:${port}${path}`;
  }
  throw new Error("chromium did not listen in time");
}

function connect(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.addEventListener("open", () => resolve(socket));
    socket.addEventListener("error", () => reject(new Error("chromium refused the connection")));
  });
}

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly params?: {
    readonly type?: string;
    readonly request?: { readonly url: string };
    readonly entry?: { readonly text: string };
  };
};

function speak(socket: WebSocket) {
  const waiting = new Map<number, (message: Message) => void>();
  const expected = new Map<string, () => void>();
  const complaints: string[] = [];
  let last = 0;
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    expected.get(message.method ?? "")?.();
    const { request, entry, type } = message.params ?? {};
    const isBeside = message.method === "Network.requestWillBeSent" && type !== "Document";
    if (isBeside) complaints.push(`${request?.url}`);
    if (message.method === "Log.entryAdded") complaints.push(`${entry?.text}`);
  });
  return {
    complaints,
    next: (method: string) => new Promise<void>((resolve) => expected.set(method, resolve)),
    call<T>(method: string, params: object, sessionId?: string): Promise<T> {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id);
          if (error === undefined) resolve(result as T);
          else reject(new Error(`${method}: ${error.message}`));
        });
        socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
      });
    },
  };
}
