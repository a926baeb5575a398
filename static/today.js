// On a phone what waits is folded into one line, and the day opens where the clock stands.
if (matchMedia("(max-width: 799px)").matches) {
  document.querySelector(".asksum")?.removeAttribute("open");
  if (!location.hash) document.getElementById("agora")?.scrollIntoView({ block: "center" });
}
