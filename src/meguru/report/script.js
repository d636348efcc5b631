"use strict";
(() => {
  const root = document.documentElement;
  const setLanguage = (language) => {
    root.lang = language;
    root.dataset.language = language;
    for (const title of document.querySelectorAll("title[data-en]")) title.textContent = title.dataset[language];
    for (const picture of document.querySelectorAll("svg[data-label-en]"))
      picture.setAttribute("aria-label", picture.dataset[language === "ja" ? "labelJa" : "labelEn"]);
    for (const button of document.querySelectorAll("[data-set]"))
      button.setAttribute("aria-pressed", String(button.dataset.set === language));
  };
  for (const button of document.querySelectorAll("[data-set]"))
    button.addEventListener("click", () => setLanguage(button.dataset.set));
  for (const tabs of document.querySelectorAll(".tabs")) {
    const buttons = [...tabs.querySelectorAll(":scope > .tab-row > button")];
    const panels = [...tabs.querySelectorAll(":scope > .tab-panel")];
    const show = (index) => {
      buttons.forEach((button, at) => {
        button.setAttribute("aria-selected", String(at === index));
        button.tabIndex = at === index ? 0 : -1;
      });
      panels.forEach((panel, at) => panel.classList.toggle("shown", at === index));
    };
    buttons.forEach((button, at) => {
      button.addEventListener("click", () => show(at));
      button.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = (at + step + buttons.length) % buttons.length;
        show(next);
        buttons[next].focus();
      });
    });
    tabs.classList.add("ready");
    show(Number(tabs.dataset.first));
  }
  setLanguage(root.dataset.language);
})();
