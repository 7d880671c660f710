"""Reads for the pages of the boards 榜单读取. Every function answers with records of ``shapes``.

========== ============================================================================================
module     what it reads
========== ============================================================================================
editions   ``board_heads(user)``, ``board_for(user, code)``, ``edition_for(user, board, period)``, ``head(edition)``,
           ``editions_of(user, board)``
shelves    ``shelf_of(user, board)``: all editions of a board at once, for the pages of an edition
table      ``board_page(edition, query)``, ``frames(edition, query)`` for downloads
overview   ``summary(edition)``, ``movers(edition)``, ``board_map(edition, …)``
units      ``unit_report(edition, code)``
comparing  ``compare_units(edition, left, right)``, ``compare_editions(before, after, code)``
methods    ``method(board, version, against)``
files      ``data_page(edition)``, ``file_path(edition, name)``
evidence   ``evidence(edition, code, indicator)``
words      rules, reasons and flags in the reader's language
========== ============================================================================================

A page costs the same for 900 units as for 690,000: files are read by slice, by track or by unit, never as a whole.
Only ``board_heads``, ``board_for``, ``edition_for``, ``editions_of`` and ``shelf_of`` ask ``policies`` what the reader
may see; the others take an edition that was found by them.
"""
