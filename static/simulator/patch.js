// Bring a container's children in line with server-rendered HTML, touching only those that changed.
// Children are matched by id, so that a screen reader hears new messages alone and nothing flickers.

export function patch(container, html) {
  const wanted = [...new DOMParser().parseFromString(html, "text/html").body.children];
  const open = new Set([...container.querySelectorAll("details[open][id]")].map((one) => one.id));
  for (const details of wanted.flatMap((one) => [one, ...one.querySelectorAll("details")])) {
    if (open.has(details.id)) details.open = true;
  }
  const ids = new Set(wanted.map((one) => one.id));
  for (const child of [...container.children]) if (!ids.has(child.id)) child.remove();
  let next = container.firstElementChild;
  for (const one of wanted) {
    const known = one.id ? container.querySelector(`:scope > [id="${CSS.escape(one.id)}"]`) : null;
    if (known && known.isEqualNode(one)) {
      if (known === next) next = next.nextElementSibling;
      else container.insertBefore(known, next);
      continue;
    }
    if (known) {
      if (known === next) next = next.nextElementSibling;
      known.replaceWith(one);
      container.insertBefore(one, next);
    } else {
      container.insertBefore(one, next);
    }
  }
}
