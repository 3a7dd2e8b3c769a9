// Runs in the page: what a reviewer of accessibility would look for by hand, as a list of complaints in English.
(() => {
  const complaints = [];
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
  const shown = (selector) => [...document.querySelectorAll(selector)].filter(isShown);
  const describe = (element) => `<${element.localName} id="${element.id}"> ${element.textContent.trim().slice(0, 40)}`;

  if (document.documentElement.lang !== "en") complaints.push("the page has no language");
  if (document.title.trim() === "") complaints.push("the page has no title");
  if (shown("main").length !== 1) complaints.push("the page has not exactly one main part");
  if (shown("h1").length !== 1) complaints.push("the page has not exactly one main heading");

  let level = 0;
  for (const heading of shown("h1, h2, h3, h4")) {
    const next = Number(heading.localName.slice(1));
    if (next > level + 1) complaints.push(`a heading level is skipped before ${describe(heading)}`);
    level = next;
  }

  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index)))
    complaints.push(`id ${id} is used twice`);
  for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    for (const attribute of ["aria-labelledby", "aria-describedby"]) {
      const missing = (element.getAttribute(attribute) ?? "").split(/\s+/).filter((id) => id && !ids.includes(id));
      for (const id of missing) complaints.push(`${describe(element)} names ${id}, which is not there`);
    }
  }

  for (const input of shown("input")) {
    if (input.labels.length === 0) complaints.push(`${describe(input)} has no label`);
    if (input.type !== "checkbox" && !input.autocomplete) complaints.push(`${describe(input)} has no autocomplete`);
  }
  for (const button of shown("button, a")) {
    if ((button.ariaLabel ?? button.textContent).trim() === "") complaints.push(`${describe(button)} has no name`);
    const { width, height } = button.getBoundingClientRect();
    // WCAG 2.2, 2.5.8: targets are at least 24 by 24 pixels.
    if (width < 24 || height < 24) complaints.push(`${describe(button)} is too small: ${width} by ${height}`);
  }
  for (const image of shown("img")) {
    if (!image.hasAttribute("alt")) complaints.push(`${describe(image)} has no alternative text`);
    if (!image.complete || image.naturalWidth === 0) complaints.push(`${describe(image)} was not loaded`);
  }

  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) complaints.push(`the page scrolls sideways: ${root.scrollWidth} pixels`);

  // WCAG 2.2, 1.4.3: text has a contrast of at least 4.5 to 1 with what is behind it.
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backgroundOf = (element) => {
    const color = element === null ? "rgb(255, 255, 255)" : getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? backgroundOf(element.parentElement) : color;
  };
  for (const element of shown("body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
    if (!hasText || element.closest("button:disabled, [aria-disabled=true], .visually-hidden")) continue;
    const [darker, lighter] = [luminance(getComputedStyle(element).color), luminance(backgroundOf(element))].sort(
      (first, second) => first - second,
    );
    const contrast = (lighter + 0.05) / (darker + 0.05);
    if (contrast < 4.5) complaints.push(`${describe(element)} has a contrast of ${contrast.toFixed(2)}`);
  }
  return complaints;
})();
