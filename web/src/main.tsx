import "@fontsource-variable/public-sans/wght.css";
import "@fontsource/source-serif-4/latin-600.css";
import "./styles/base.css";
import "./styles/forms.css";
import "./styles/screens.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { loadCarrier } from "./carrier";
import { preferredLanguage, speak } from "./i18n";

await loadCarrier().catch(() => undefined);
try {
  await speak(preferredLanguage());
} catch {
  // English, then: a page in the other language is better than none.
}

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
