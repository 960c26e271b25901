"""One Dutch word for one thing: whoever reads the code at night can find what the desk calls it."""

from tools import glossary


def test_every_table_of_the_night_opens_its_docstring_with_its_dutch_word():
    silent = [
        f"{path}: {node.name}"
        for room, path, node in glossary.domain_classes()
        if glossary.is_mapped(node) and glossary.word_of(room, node) is None
    ]
    assert not silent


def test_the_glossary_page_is_current():
    assert glossary.FILE.read_text(encoding="utf-8") == glossary.render(), "run `make glossary`"
