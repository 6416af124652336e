// Turns alerts on this telephone on and off, and tries them out.
import { send, notice } from "/static/console.js";
import { worker } from "/static/install.js";

const alerts = document.getElementById("alerts");
const state = document.getElementById("alerts-state");
const buttons = ["on", "test", "off"].map((name) => document.getElementById(`alerts-${name}`));
const [on, test, off] = buttons;

on.addEventListener("click", () => attempt(turnOn));
off.addEventListener("click", () => attempt(turnOff));
test.addEventListener("click", () => attempt(tryOut));
for (const button of document.querySelectorAll("[data-forget]")) {
  button.addEventListener("click", () => attempt(() => forget(button.dataset.forget)));
}
await attempt(look);

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    notice(error.message);
  }
}

function say(text, is) {
  state.textContent = text;
  state.dataset.state = is;
}

async function look() {
  for (const button of buttons) button.hidden = true;
  if (!isSecureContext) return say(alerts.dataset.insecure, "off");
  if (!("PushManager" in window) || !worker) return say(alerts.dataset.none, "off");
  if (Notification.permission === "denied") return say(alerts.dataset.refused, "off");
  const subscription = await own();
  on.hidden = Boolean(subscription);
  test.hidden = off.hidden = !subscription;
  return say(subscription ? alerts.dataset.on : alerts.dataset.off, subscription ? "on" : "off");
}

async function ready() {
  await worker;
  return navigator.serviceWorker.ready;
}

async function own() {
  const subscription = await (await ready()).pushManager.getSubscription();
  if (!subscription) return null;
  // Made with another key than the line has now, it would never bring an alert.
  if (base64(subscription.options.applicationServerKey) === alerts.dataset.key) return subscription;
  await subscription.unsubscribe();
  return null;
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return look();
  const subscription = await (await ready()).pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: alerts.dataset.key,
  });
  const { endpoint, keys } = subscription.toJSON();
  try {
    await send("/console/phone/subscriptions", { body: { endpoint, keys, device: device() } });
  } catch (error) {
    await subscription.unsubscribe();
    throw error;
  }
  return location.reload();
}

async function turnOff() {
  const subscription = await own();
  if (subscription) {
    await send(`/console/phone/subscriptions/${await idOf(subscription.endpoint)}`, { method: "DELETE" });
    await subscription.unsubscribe();
  }
  location.reload();
}

async function forget(id) {
  await send(`/console/phone/subscriptions/${id}`, { method: "DELETE" });
  const subscription = await own().catch(() => null);
  if (subscription && (await idOf(subscription.endpoint)) === id) await subscription.unsubscribe();
  location.reload();
}

async function tryOut() {
  const { taken, phones } = await (await send("/console/phone/test")).json();
  say(taken && taken === phones ? alerts.dataset.tried : alerts.dataset.notTried, taken ? "waiting" : "off");
}

function device() {
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(navigator.userAgent)?.[0] ?? "";
  const browser = /Edg|Firefox|Chrome|Safari/.exec(navigator.userAgent)?.[0].replace("Edg", "Edge") ?? "";
  return [system, browser].filter(Boolean).join(", ");
}

async function idOf(endpoint) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function base64(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer ?? [])));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
