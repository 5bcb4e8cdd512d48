// Everything that every page needs. Each module finds its own elements by data attributes, also after htmx swaps.
import "./menus.js";
import "./dialogs.js";
import "./conditions.js";
import "./keys.js";
import "./live.js";
