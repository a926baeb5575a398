// Passkeys (django-allauth's script does the talking) and the browser's time zone at the sign-up.
for (const field of document.querySelectorAll("[data-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}

const keyForm = document.querySelector("[data-key]");
if (keyForm && window.PublicKeyCredential) {
  const ids = { credential: "key-credential", data: "key-data", passwordless: "key-alone" };
  const kind = keyForm.dataset.key;
  window.allauth.webauthn.forms[`${kind}Form`]({ ids: { ...ids, [kind]: "key-button" } });
  keyForm.hidden = false;
  document.addEventListener("allauth.error", (event) => {
    // Cancelled, timed out or refused: the person is told, the console is not.
    event.preventDefault();
    keyForm.querySelector("[data-key-error]").hidden = false;
  });
  document.getElementById("key-button").addEventListener("click", () => {
    keyForm.querySelector("[data-key-error]").hidden = true;
  });
}
