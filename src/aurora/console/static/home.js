const form = document.getElementById("say");
const field = document.getElementById("speech");
const talk = document.getElementById("talk");
const again = document.getElementById("again");
let callId = null;

function show(who, text, urgency) {
  const line = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = who;
  line.append(name, text);
  if (urgency) line.className = urgency;
  talk.append(line);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const speech = field.value.trim();
  if (!speech) return;
  field.value = "";
  show(talk.dataset.caller, speech);
  again.hidden = false;
  try {
    const answer = await fetch("/api/process-speech", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ speech, call_id: callId }),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.detail);
    callId = body.call_id;
    show(`Aurora · ${talk.dataset[body.urgency] ?? body.urgency}`, body.message, body.urgency);
  } catch (error) {
    show(talk.dataset.notSent, `${error.message} ${talk.dataset.else}`, "critical");
  }
});

document.getElementById("new-call").addEventListener("click", () => {
  callId = null;
  talk.replaceChildren();
  again.hidden = true;
  field.focus();
});
