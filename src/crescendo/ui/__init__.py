"""How Crescendo looks: tokens, components, charts, words. No school facts; no other app is imported here.

Words: a *component* is a template tag with its template and its CSS file side by side in `templates/ui/components`;
a *term* is a word that differs between school systems (student, pupil); a *figure* is one number with its change.
The gallery (`/gallery/`) shows every component in every state; `docs/design.md` lists how to call each.
"""
