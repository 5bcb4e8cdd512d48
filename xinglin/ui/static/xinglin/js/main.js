// Everything that every page needs. Each module finds its own elements by data attributes, also after htmx swaps.
import "./menus.js";
import "./dialogs.js";
import "./forms.js";
import "./drafts.js";
import "./conditions.js";
import "./cascade.js";
import "./uploads.js";
import "./keys.js";
import "./live.js";
import "./faults.js";
