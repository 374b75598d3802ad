// The query editor, loaded by the SPARQL page after it is drawn: colours, brackets, undo, and our terms as completions.
import { autocompletion, completionKeymap, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { html } from "./dom";

export interface Editor {
  text(): string;
  write(query: string): void;
}

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: [tags.string, tags.literal], color: "var(--explicit)" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--presumed)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

const THEME = EditorView.theme({
  "&": { background: "var(--card)", border: "1px solid var(--soft)", borderRadius: ".35rem" },
  "&.cm-focused": { outline: "3px solid var(--link)", outlineOffset: "2px" },
  ".cm-content, .cm-gutter": { minHeight: "14rem" },
  ".cm-scroller": { maxHeight: "28rem", overflow: "auto", font: ".875rem/1.5 ui-monospace, monospace" },
  ".cm-gutters": { background: "var(--quote)", color: "var(--soft)", border: "0" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused .cm-matchingBracket, .cm-selectionBackground": { background: "var(--line) !important" },
  ".cm-tooltip": { background: "var(--card)", color: "var(--text)", border: "1px solid var(--line)" },
});

/** Left to itself, Chromium keeps the look of what is typed over as an inline style, which the page's policy forbids. */
function replaceSelection(event: InputEvent, view: EditorView): boolean {
  if (event.inputType !== "insertText" || !event.data || view.composing || view.state.selection.main.empty) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}

/** Put an editor in the place of a text area, which keeps its label. ``terms`` are names with their definitions. */
export function edit(area: HTMLTextAreaElement, terms: Record<string, string>, run: () => void): Editor {
  const options = Object.entries(terms).map(([label, info]) => ({ label, info, type: "property" }));
  const complete = (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w]+:[\w-]*|\?\w*/);
    return word && (word.from < word.to || context.explicit) ? { from: word.from, options, validFor: /^[\w:-]*$/ } : null;
  };
  // In a shadow root the editor's styles are adopted sheets, which the page's policy allows; style elements it forbids.
  const host = html("div", { class: "editor" });
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(),
        history(),
        bracketMatching(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(COLOURS),
        autocompletion({ override: [complete] }),
        keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        EditorView.lineWrapping,
        THEME,
        EditorView.contentAttributes.of({ "aria-label": "Query", spellcheck: "false" }),
      ],
    }),
  });
  area.hidden = true;
  area.before(host);
  return {
    text: () => view.state.doc.toString(),
    write: (query) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: query } }),
  };
}
