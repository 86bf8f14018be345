"""The web shell: layout, parts, languages and security that every room's pages share.

``app.create_app`` joins what the rooms bring; nothing here knows what a firm or a title is. Pages extend
``shell/layout.html`` and are built from the macros in ``shell/ui.html``, ``table.html``, ``form.html`` and
``chart.html``; ``/style`` shows every part in use.
"""
